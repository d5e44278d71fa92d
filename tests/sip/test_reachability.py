"""Where calls for 101 go by status and forwardings: real calls, with their story in words (`rig/reachability.py`)."""

from __future__ import annotations

import pytest

from tests.rig.change_settings import Desk
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones
from tests.rig.reachability import (
    ELSEWHERE,
    INSIDE,
    MOBILE,
    OUR_NUMBER,
    OUTSIDE,
    Row,
    available,
    away,
    goes_there,
)

ROWS = [
    # 7: five statuses; on any but Available the user is not rung
    Row(
        "available rings, from inside",
        INSIDE,
        {},
        "rings 101",
        ("101 gaat over, hoogstens 5 seconden.", "101 rings, for at most 5 seconds."),
    ),
    Row(
        "available rings, from outside",
        OUTSIDE,
        {},
        "rings 101",
        (f"{OUR_NUMBER} leidt naar: toestel 101.", f"{OUR_NUMBER} leads to: extension 101."),
    ),
    *(
        Row(
            f"{status} is not rung, from {caller}",
            caller,
            {"statuses": {"101": status}},
            "voicemail 101",
            (
                f"101 is {dutch}; voor {whom[0]} is de regel: voicemail.",
                f"101 is {english}; for {whom[1]} the rule is: voicemail.",
            ),
        )
        for status, dutch, english in (
            ("away", "afwezig", "away"),
            ("dnd", "niet te storen", "not to be disturbed"),
            ("lunch", "lunchen", "at lunch"),
            ("holiday", "op vakantie", "on holiday"),
        )
        for caller, whom in (
            (INSIDE, ("interne bellers", "internal callers")),
            (OUTSIDE, ("bellers van buiten", "callers from outside")),
        )
    ),
    # 20: to every kind of destination, internal and external callers apart
    Row(
        "away, for colleagues to an extension",
        INSIDE,
        away("away", "internal", "extension", "102"),
        "rings 102",
        (
            "voor interne bellers is de regel: toestel 102.",
            "for internal callers the rule is: extension 102.",
        ),
    ),
    Row(
        "and for callers from outside still voicemail",
        OUTSIDE,
        away("away", "internal", "extension", "102"),
        "voicemail 101",
        (
            "voor bellers van buiten is de regel: voicemail.",
            "for callers from outside the rule is: voicemail.",
        ),
    ),
    Row(
        "dnd, for callers from outside to an extension",
        OUTSIDE,
        away("dnd", "external", "extension", "102"),
        "rings 102",
        (
            "voor bellers van buiten is de regel: toestel 102.",
            "for callers from outside the rule is: extension 102.",
        ),
    ),
    Row(
        "lunch, to somebody else's voicemail",
        INSIDE,
        away("lunch", "internal", "voicemail", "103"),
        "voicemail 103",
        ("de regel: voicemail van 103.", "the rule is: voicemail of 103."),
    ),
    Row(
        "holiday, to my mobile",
        OUTSIDE,
        away("holiday", "external", "mobile", options={"mobile": MOBILE}),
        f"calls {MOBILE}",
        (
            "De mobiel van 101 wordt gebeld, hoogstens 60 seconden.",
            "The mobile of 101 is called, for at most 60 seconds.",
        ),
    ),
    Row(
        "away, to an external number",
        INSIDE,
        away("away", "internal", "outside", ELSEWHERE),
        f"calls {ELSEWHERE}",
        (f"de regel: extern nummer {ELSEWHERE}.", f"the rule is: external number {ELSEWHERE}."),
    ),
    Row(
        "away, to a ring group",
        OUTSIDE,
        away("away", "external", "system", "600"),
        "rings 102",
        ("Belgroep 600: bij 100, 102 gaat de telefoon", "Ring group 600: the telephone rings at 100, 102"),
    ),
    Row(
        "dnd, the busy tone",
        INSIDE,
        away("dnd", "internal", "busy"),
        "busy",
        ("De beller krijgt de bezettoon.", "The caller gets the busy tone."),
    ),
    Row(
        "dnd, the busy tone from outside",
        OUTSIDE,
        away("dnd", "external", "busy"),
        "busy",
        ("De beller krijgt de bezettoon.", "The caller gets the busy tone."),
    ),
    Row(
        "available, no answer after so many seconds",
        INSIDE,
        available("no_answer", "internal", "extension", "102", ring_seconds=1),
        "rings 102",
        (
            "De regel van 101 voor 'niet opgenomen', voor interne bellers: toestel 102.",
            "The rule of 101 for 'no answer', for internal callers: extension 102.",
        ),
    ),
    Row(
        "available, no answer from outside: voicemail unless set",
        OUTSIDE,
        available("no_answer", "internal", "extension", "102", ring_seconds=1),
        "voicemail 101",
        ("101 nam niet op binnen 1 seconde;", "101 did not answer within 1 second;"),
    ),
    Row(
        "available, not registered",
        OUTSIDE,
        available("unavailable", "external", "extension", "102"),
        "rings 102",
        (
            "De regel van 101 voor 'bezet of niet aangemeld', voor bellers van buiten: toestel 102.",
            "The rule of 101 for 'busy or not registered', for callers from outside: extension 102.",
        ),
        without=frozenset({"101"}),
    ),
    Row(
        "available, not registered, and no rule for that but one for no answer",
        INSIDE,
        available("no_answer", "internal", "extension", "102"),
        "voicemail 101",
        ("Bij 101 was geen toestel aangemeld", "101 had no device registered"),
        without=frozenset({"101"}),
    ),
    Row(
        "away, to my mobile, for colleagues",
        INSIDE,
        away("away", "internal", "mobile", options={"mobile": MOBILE}),
        f"calls {MOBILE}",
        ("De mobiel van 101 wordt gebeld", "The mobile of 101 is called"),
    ),
    Row(
        "dnd, to an external number, for callers from outside",
        OUTSIDE,
        away("dnd", "external", "outside", ELSEWHERE),
        f"calls {ELSEWHERE}",
        (f"de regel: extern nummer {ELSEWHERE}.", f"the rule is: external number {ELSEWHERE}."),
    ),
    Row(
        "away, to a department",
        OUTSIDE,
        away(
            "away",
            "external",
            "system",
            "800",
            department={"closed_kind": "voicemail", "closed_target": "103"},
        ),
        "rings 102",
        ("Afdeling 800: bij 102, 103 gaat de telefoon", "Department 800: the telephone rings at 102, 103"),
    ),
    *(
        Row(
            f"away, to a digital receptionist, from {caller}",
            caller,
            away("away", source, "system", "900", receptionist="900"),
            "answers",
            ("900 is een digitale receptionist", "900 is a digital receptionist"),
        )
        for caller, source in ((INSIDE, "internal"), (OUTSIDE, "external"))
    ),
    *(
        Row(
            f"available, busy, from {caller}",
            caller,
            available("unavailable", source, "extension", "102"),
            "rings 102",
            ("101 was in gesprek", "101 was busy"),
            busy=frozenset({"101"}),
        )
        for caller, source in ((INSIDE, "internal"), (OUTSIDE, "external"))
    ),
    # 21: outside office hours always to voicemail
    Row(
        "away outside office hours, for colleagues",
        INSIDE,
        away("away", "internal", "extension", "102", closed="hours"),
        "voicemail 101",
        (
            "en het is buiten werktijd: altijd voicemail.",
            "and it is outside working hours: always voicemail.",
        ),
    ),
    Row(
        "lunch outside office hours",
        OUTSIDE,
        away("lunch", "external", "extension", "102", closed="hours"),
        "rings 102",
        ("101 is lunchen;", "101 is at lunch;"),
    ),
    *(
        Row(
            f"{status} outside office hours",
            OUTSIDE,
            away(status, "external", "extension", "102", closed="hours"),
            "voicemail 101",
            (
                "en het is buiten werktijd: altijd voicemail.",
                "and it is outside working hours: always voicemail.",
            ),
        )
        for status in ("away", "dnd", "holiday")
    ),
    Row(
        "away outside office hours, with the switch off",
        INSIDE,
        away("away", "internal", "extension", "102", closed="hours", options={"closed_to_voicemail": False}),
        "rings 102",
        ("de regel: toestel 102.", "the rule is: extension 102."),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_where_a_call_for_101_goes(row: Row, exchange: Exchange, phones: Phones, desk: Desk) -> None:
    await goes_there(row, exchange, phones, desk)
