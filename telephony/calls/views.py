"""How one person sees a call: while it goes on, and in their log. Pure functions over what the media nodes tell."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, cast

from live.events import Arrow, LiveCall, LiveParty, LogEntry
from telephony.calls.privacy import answered_by, on_behalf
from telephony.calls.snapshot import HIDDEN

#: Outcomes of a call that no person took: the called user missed it.
UNTAKEN = frozenset(
    {"no_answer", "voicemail", "busy", "unavailable", "cancelled", "refused", "failed", "lost"}
)

Raw = Mapping[str, Any]  # a call whose keys are those of `CallSnapshot`


def parties_of(call: Raw) -> set[str]:
    """The extensions that have, or had, something to do with a live call."""
    found = {party["extension"] for party in call["parties"]} | {leg["extension"] for leg in call["legs"]}
    return found - {""}


def live_call(call: Raw, extension: str) -> LiveCall | None:
    """The call as `extension` may see it; None when it is not in it (any more)."""
    parties = call["parties"]
    if not extension or call["ended"] is not None or all(one["extension"] != extension for one in parties):
        return None
    sip_ids = {leg.get("id", ""): leg.get("sip_call_id", "") for leg in call["legs"]}
    shown: list[LiveParty] = []
    for one in parties:
        mine = one["extension"] == extension
        if one["state"] in HIDDEN and not mine:
            continue
        colleague = "" if mine else on_behalf(call, one, extension)
        if colleague and not one["extension"] and any(other["extension"] == colleague for other in parties):
            continue  # their mobile rings beside their phone
        shown.append(
            {
                "leg": one["leg"],
                "call": one["call"],
                "number": colleague or one["number"],
                "name": one["name"],
                "extension": colleague or one["extension"],
                "state": one["state"],
                "since": one["since"],
                "device": one["device"] if mine else None,
                "sip_call_id": sip_ids.get(one["leg"], "") if mine else "",
            }
        )
    return cast(
        LiveCall,
        {
            "id": call["id"],
            "direction": call["direction"],
            "state": call["state"],
            "caller": call["caller"],
            "caller_name": call["caller_name"],
            "dialled": call["dialled"],
            "answered_by": answered_by(call, extension),
            "started": call["started"],
            "answered": call["answered"],
            "recording": call.get("recording_state") or ("on" if call["recording"] else "off"),
            "holder": call.get("holder", ""),
            "slot": call.get("slot", ""),
            "conference": call.get("conference", False),
            "home": call.get("home", ""),
            "purpose": call.get("purpose", ""),
            "consult": call.get("consult", ""),
            "parties": shown,
        },
    )


def arrow_of(call: Raw, extension: str) -> Arrow:
    """Which arrow a finished call gets in the log of `extension`."""
    mine = [leg for leg in call["legs"] if leg["extension"] == extension]
    if call["caller"] == extension or any(leg["role"] == "caller" for leg in mine):
        return "out"
    if any(leg["answered"] for leg in mine):
        return "in"
    return "missed" if call["outcome"] in UNTAKEN else "in"


def log_entry(
    call: Raw, extension: str, names: Mapping[str, str], recordings: Sequence[int] = ()
) -> LogEntry:
    """A finished call in the log of `extension`; `names` has the names of internal numbers."""
    arrow = arrow_of(call, extension)
    number = call["dialled"] if arrow == "out" else call["caller"]
    name = names.get(number, "") or ("" if arrow == "out" else call["caller_name"])
    return {
        "id": call["id"],
        "arrow": arrow,
        "number": number,
        "name": name,
        "extension": number if number in names else "",
        "dialled": call["dialled"],
        "outcome": call["outcome"],
        "answered_by": answered_by(call, extension),
        "started": moment(call["started"]),
        "seconds": None if call["answered"] is None else max(0, round(call["ended"] - call["answered"])),
        "recordings": [*recordings],
    }


def moment(seconds: float) -> str:
    """Unix seconds as ISO 8601 in UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="milliseconds")
