"""What of a call is a colleague's own business: where their rules send it, and the number of their mobile.

The caller sees what became of the call, not the rules of others behind it. Other parties are told the reasons,
without numbers outside the exchange. A user's own rules are told to that user in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pbxsite.translate import reading
from telephony.calls.story import outside
from telephony.calls.story.words import DESTINATIONS

#: Steps that tell the rule of `extension`.
RULES = frozenset(
    {
        *("exception_rule", "status_rule", "status_rule_until", "out_of_office"),
        *("busy_rule", "no_answer_rule", "unavailable_rule", "to_mobile"),
    }
)
#: Steps about the mobile that rings beside the phones of `extension`.
MOBILES = frozenset({"mobile_too", "mobile_not_accepted", "mobile_is_caller", "mobile_refused"})
#: From here on it is no rule of an extension any more that leads the call.
OTHERWISE = frozenset(
    {
        *("inbound_open", "inbound_closed", "department_closed", "department_unanswered"),
        *("answered", "answered_mobile", "transferred", "consults", "fetch_add", "fetch_move"),
    }
)
INTERNAL = re.compile(r"[1-9][0-9]{1,5}")  # an extension, a group, a department
NUMBERS = ("who", "number")

Step = Mapping[str, Any]


def steps_for(steps: Iterable[Step], extension: str, language: str, *, caller: bool) -> Iterator[Step]:
    """The steps of a call as `extension` may know them; `caller`: they called, and that is all."""
    with reading(language):
        stranger = str(DESTINATIONS["outside"])
    owner, hidden = "", set()
    for step in steps:
        code, args = step["code"], dict(step.get("args", {}))
        if code in MOBILES and args.get("extension") != extension:
            continue
        if code in RULES:
            owner = str(args.get("extension", ""))
        foreign = owner not in ("", extension)
        if foreign and caller and (code in RULES or code in outside.SENTENCES):
            continue
        for name in NUMBERS:
            value = str(args.get(name, ""))
            if (
                foreign
                and value
                and not INTERNAL.fullmatch(value)
                and code not in ("transferred", "consults")
            ):
                hidden.add(value)
            if value in hidden:
                args[name] = stranger
        if foreign and str(args.get("rule", "")).startswith(("outside:", "mobile:")):
            args["rule"] = args["rule"].partition(":")[0] + ":"
        if code == "answered_mobile" and args.get("who") != extension:
            code = "answered"
        if code in OTHERWISE:
            owner = ""
        yield {**step, "code": code, "args": args}


def answered_by(call: Mapping[str, Any], extension: str) -> str:
    """The answering party, as the caller `extension` may know it: no number that a colleague's rule led to."""
    who = str(call["answered_by"])
    meant = call["dialled"]
    if call["caller"] == extension and INTERNAL.fullmatch(meant) and who and not INTERNAL.fullmatch(who):
        return ""
    return who


def on_behalf(call: Mapping[str, Any], party: Mapping[str, Any], extension: str) -> str:
    """The colleague whose own rule rings this outside number or whose mobile it is, "" when it is nobody's secret.

    The rule belongs to the extension for which the leg counts, unless that one took part itself: then it has passed
    the call on.
    """
    if party["extension"]:
        return str(party["extension"])
    payers = {leg.get("id"): leg.get("payer") or "" for leg in call["legs"]}
    payer = str(payers.get(party["leg"], ""))
    if payer in ("", extension, call["caller"]):
        return ""
    passed_on = any(leg["extension"] == payer and leg["answered"] for leg in call["legs"])
    return "" if passed_on else payer
