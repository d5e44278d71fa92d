"""Directories to route in: a few people, their rules, and a plan told in one line."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telephony.routing import Note, Plan, Refuse, Request, Ring, RingOutside, Service, Steps, Voicemail
from telephony.routing.destination import Destination
from telephony.routing.directory import Directory
from telephony.routing.entries import (
    DepartmentEntry,
    ExceptionEntry,
    ExtensionEntry,
    GroupEntry,
    InboundEntry,
    PresenceEntry,
    TrunkEntry,
)
from telephony.routing.opening import Hours, Span
from telephony.routing.outbound_rules import Outbound

ZONE = "Europe/Amsterdam"
WEDNESDAY_NOON = datetime.datetime(2026, 3, 4, 11, tzinfo=datetime.UTC)  # 12:00 in Amsterdam
WEDNESDAY_EVENING = datetime.datetime(2026, 3, 4, 19, tzinfo=datetime.UTC)
NINE, FIVE = datetime.time(9), datetime.time(17)
OFFICE = Hours(zone=ZONE, spans=tuple(Span(day, NINE, FIVE) for day in range(5)))

DID = "+31201234567"
OUTSIDER = "+31612345678"
TRUNK = TrunkEntry(7, "Lijn", "sip.example.org", 5060, DID, "", "")

VOICEMAIL, BUSY, MOBILE = Destination("voicemail"), Destination("busy"), Destination("mobile")


def ext(number: str) -> Destination:
    """To an extension."""
    return Destination("extension", number)


def system(number: str) -> Destination:
    """To a ring group or department."""
    return Destination("system", number)


def outside(number: str) -> Destination:
    """To a telephone number."""
    return Destination("outside", number)


def person(number: str, **more: Any) -> ExtensionEntry:
    """An extension with voicemail that rings for 20 seconds."""
    options = {"voicemail": True, "record": False, **more}
    return ExtensionEntry(number, f"Person-{number}", "nl", 20, **options)


def forward(**rules: Destination) -> Mapping[tuple[str, str, str], Destination]:
    """`away_external=…` or `no_answer_internal=…` as forwardings; without a source for both."""
    found: dict[tuple[str, str, str], Destination] = {}
    for name, destination in rules.items():
        words = name.rsplit("_", 1)
        sources = [words[1]] if words[-1] in ("internal", "external") else ["internal", "external"]
        what = words[0] if words[-1] in ("internal", "external") else name
        for source in sources:
            if what in ("no_answer", "unavailable"):
                found["available", source, what] = destination
            else:
                found[what, source, "always"] = destination
    return found


def present(status: str = "available", *exceptions: ExceptionEntry, **options: Any) -> PresenceEntry:
    """Somebody's settings; what is no setting is a forwarding, as in `forward`."""
    names = ("until", "spans", "mobile", "ring_mobile", "accept_multiple", "closed_to_voicemail")
    settings = {name: options.pop(name) for name in names if name in options}
    return PresenceEntry(status, **settings, forwardings=forward(**options), exceptions=exceptions)


COMPANY = Directory(
    extensions={number: person(number) for number in ("100", "101", "102", "103", "104")},
    groups={"600": GroupEntry("600", "Group-600", ("100", "101", "102"), 15, False, "")},
    trunks=(TRUNK,),
    outbound=Outbound(trunks=(TRUNK,)),
    inbound={DID: InboundEntry(DID, ext("101"))},
    departments={
        "800": DepartmentEntry("800", "Department-800", ("101", "102"), 15, Destination("voicemail", "103"))
    },
    hours=OFFICE,
)


def with_presence(directory: Directory = COMPANY, **people: PresenceEntry) -> Directory:
    """The company with settings for `x101=…`."""
    return replace(directory, presence={name[1:]: entry for name, entry in people.items()})


def asked(
    caller: str,
    dialled: str,
    trunk: int | None = None,
    at: datetime.datetime = WEDNESDAY_NOON,
    busy: frozenset[str] = frozenset(),
    by: str = "",
) -> Request:
    """A call at noon on a Wednesday; with `by` that extension transfers the caller."""
    return Request(caller, dialled, trunk, by, at=at, busy=busy)


def told(plan: Plan | Steps) -> str:
    """A plan in one line: what happens, step by step; a branch for busy and not registered in brackets."""
    words = []
    for step in plan.steps if isinstance(plan, Plan) else plan:
        match step:
            case Note():
                continue
            case Ring():
                mobiles = "".join(f"+mobile {mobile.number}" for mobile in step.mobiles)
                branch = f" [{told(step.unavailable)}]" if step.unavailable is not None else ""
                words.append(f"ring {'+'.join(step.extensions)}{mobiles} {step.seconds}{branch}")
            case RingOutside():
                words.append(f"outside {step.number} by {','.join(line.trunk.name for line in step.lines)}")
            case Voicemail():
                words.append(f"message {step.extension}")
            case Service():
                words.append(f"{step.name} {step.target}".strip())
            case Refuse():
                words.append(f"refuse {step.status} {step.prompt}")
    return ", ".join(words)
