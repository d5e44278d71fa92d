"""What users for load tests have set: of everything something. Pure: the load tests themselves plan with it, too."""

from __future__ import annotations

import datetime
from dataclasses import replace

from telephony.routing.destination import Destination
from telephony.routing.directory import Directory
from telephony.routing.entries import ExceptionEntry, ExtensionEntry, InboundEntry, PresenceEntry, TrunkEntry
from telephony.routing.opening import Hours, Span
from telephony.routing.outbound_rules import Outbound, Rule

NAME = "Load test"
CALLER, CALLEE = "1001", "1002"
FIRST = 2000
ALL_DAY = datetime.time()
STRANGER = "+442071234567"


def rules_of(number: str) -> PresenceEntry:
    """What a user for load has set: of everything something, and nothing that keeps a colleague's call from 1002."""
    exceptions = tuple(
        ExceptionEntry(Destination("voicemail"), caller, weekdays, datetime.time(1), datetime.time(2))
        for caller, weekdays in ((STRANGER, ""), ("+49*", "01234"), ("anonymous", ""))
    )
    at_callee = Destination("extension", CALLEE)
    forwardings = {
        ("away", "internal", "always"): at_callee,
        ("away", "external", "always"): Destination("mobile"),
        ("dnd", "external", "always"): Destination("busy"),
        ("available", "internal", "no_answer"): at_callee,
        ("available", "external", "no_answer"): Destination("outside", STRANGER),
        ("available", "internal", "unavailable"): Destination("voicemail", CALLEE),
    }
    return PresenceEntry(
        status="away",
        spans=tuple(Span(day, ALL_DAY, ALL_DAY) for day in range(7)),
        mobile=f"+316{number:0>8}",
        ring_mobile=True,
        accept_multiple=False,
        forwardings=forwardings,
        exceptions=exceptions,
    )


def everything_switched_on(count: int) -> Directory:
    """A directory of `count` people with every rule set, in every status, without a database."""
    numbers = [CALLER, CALLEE, *(str(FIRST + index) for index in range(count))]
    trunk = TrunkEntry(1, "Load", "127.0.0.1", 5060, "+31201234567", "", "")
    rules = tuple(Rule(f"rule {prefix}", prefix, trunks=(trunk,)) for prefix in ("+4930", "+331", "+"))
    statuses = ("available", "away", "available", "dnd", "lunch", "available", "holiday")
    office = Hours(
        zone="Europe/Amsterdam",
        spans=tuple(Span(day, datetime.time(8), datetime.time(18)) for day in range(5)),
        breaks=(Span(0, datetime.time(12), datetime.time(13)),),
        holidays={datetime.date(2026, 12, 25): "Kerst"},
    )
    return Directory(
        extensions={number: ExtensionEntry(number, NAME, "nl", 20, True, False) for number in numbers},
        trunks=(trunk,),
        outbound=Outbound(trunks=(trunk,), rules=rules, calls=10_000, person_calls=10),
        inbound={
            f"+3120{number:0>7}": InboundEntry(number, Destination("extension", number)) for number in numbers
        },
        presence={
            number: replace(rules_of(number), status=statuses[place % len(statuses)])
            for place, number in enumerate(numbers)
            if number != CALLEE
        },
        hours=office,
    )
