"""Where calls for 101 go by exceptions, office hours and departments, and by rules that lead nowhere."""

from __future__ import annotations

import datetime

import pytest

from tests.rig.change_settings import Desk
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones
from tests.rig.reachability import CUSTOMER, INSIDE, OUTSIDE, Row, away, goes_there

ALL_DAY = {"weekdays": "", "start": None, "end": None}
# Days of the week: those around now, whatever the zone and the hour, and the others.
NOW = datetime.datetime.now(datetime.UTC).weekday()
THESE_DAYS = "".join(sorted(str((NOW + ahead) % 7) for ahead in (-1, 0, 1)))
OTHER_DAYS = "".join(sorted(str((NOW + ahead) % 7) for ahead in (2, 3, 4, 5)))

ROWS = [
    # 8: own working hours where they differ
    Row(
        "away within own working hours, outside those of the office",
        INSIDE,
        away("away", "internal", "extension", "102", closed="hours", own_hours=list(range(7))),
        "rings 102",
        ("de regel: toestel 102.", "the rule is: extension 102."),
    ),
    # 22: exceptions by caller and time
    Row(
        "an exception for a caller",
        OUTSIDE,
        {"exceptions": [{"caller": CUSTOMER, "kind": "extension", "target": "102", **ALL_DAY}]},
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    Row(
        "an exception for numbers that begin like that, before the status",
        OUTSIDE,
        {
            "statuses": {"101": "dnd"},
            "exceptions": [{"caller": "+316*", "kind": "extension", "target": "102", **ALL_DAY}],
        },
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    Row(
        "an exception for others",
        INSIDE,
        {"exceptions": [{"caller": CUSTOMER, "kind": "extension", "target": "102", **ALL_DAY}]},
        "rings 101",
        ("101 gaat over", "101 rings"),
    ),
    Row(
        "an exception for these days",
        OUTSIDE,
        {"exceptions": [{**ALL_DAY, "weekdays": THESE_DAYS, "kind": "extension", "target": "102"}]},
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    Row(
        "an exception for other days",
        INSIDE,
        {"exceptions": [{**ALL_DAY, "weekdays": OTHER_DAYS, "kind": "extension", "target": "102"}]},
        "rings 101",
        ("101 gaat over", "101 rings"),
    ),
    Row(
        "of two exceptions the first that fits",
        OUTSIDE,
        {
            "exceptions": [
                {"caller": "100", "kind": "busy", "target": "", **ALL_DAY},
                {"caller": CUSTOMER, "kind": "extension", "target": "102", **ALL_DAY},
                {"caller": "", "kind": "busy", "target": "", **ALL_DAY},
            ]
        },
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    # 23: office hours, holidays, breaks, departments
    *(
        Row(
            f"our number when it is closed: {closed}",
            OUTSIDE,
            {"closed": closed, "inbound": {"closed_kind": "extension", "closed_target": "102"}},
            "rings 102",
            (dutch, english),
        )
        for closed, dutch, english in (
            ("hours", "Het is buiten kantooruren.", "It is outside office hours."),
            ("break", "Het is pauze tot", "There is a break until"),
            ("holiday", "Het is een feestdag: Bedrijfsuitje.", "It is a holiday: Bedrijfsuitje."),
            ("override", "Er is gesloten tot", "It is closed until"),
        )
    ),
    Row(
        "our number leads to a department",
        OUTSIDE,
        {
            "inbound": {"kind": "system", "target": "800"},
            "department": {"closed_kind": "voicemail", "closed_target": "103"},
        },
        "rings 102",
        ("Afdeling 800: bij 102, 103 gaat de telefoon", "Department 800: the telephone rings at 102, 103"),
    ),
    Row(
        "a department that is closed",
        OUTSIDE,
        {
            "closed": "hours",
            "inbound": {"kind": "system", "target": "800"},
            "department": {"closed_kind": "voicemail", "closed_target": "103"},
        },
        "voicemail 103",
        (
            "Afdeling 800 is gesloten; de regel is: voicemail van 103.",
            "Department 800 is closed; the rule is: voicemail of 103.",
        ),
    ),
    # calls that would go round, and rules whose target has gone
    Row(
        "two who forward to each other",
        INSIDE,
        {
            "statuses": {"101": "away", "102": "away"},
            "forwardings": {
                "101": [("away", "internal", "always", "extension", "102")],
                "102": [("away", "internal", "always", "extension", "101")],
            },
        },
        "voicemail 101",
        ("een kringloop", "a loop"),
    ),
    Row(
        "a forwarding to the caller",
        INSIDE,
        away("away", "internal", "extension", "100"),
        "voicemail 101",
        ("100 belt zelf", "100 is the caller"),
    ),
    Row(
        "a forwarding to itself",
        OUTSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "external", "always", "extension", "101")]},
        "voicemail 101",
        ("een kringloop", "a loop"),
    ),
    Row(
        "a forwarding to nowhere",
        INSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "internal", "always", "system", "")]},
        "voicemail 101",
        ("Dat bestaat niet (meer)", "That does not exist (any more)"),
    ),
    Row(
        "a forwarding to what is no telephone number",
        OUTSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "external", "always", "outside", "call me")]},
        "voicemail 101",
        ("voicemail van 101", "voicemail of 101"),
    ),
    Row(
        "a forwarding over thirty others",
        OUTSIDE,
        away("away", "external", "extension", "200", chain=30),
        "voicemail 101",
        ("Na 8 keer doorschakelen", "After 8 forwardings"),
    ),
    Row(
        "a forwarding to who was deleted",
        OUTSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "external", "always", "extension", "199")]},
        "voicemail 101",
        ("Dat bestaat niet (meer): toestel 199", "That does not exist (any more): extension 199"),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_where_a_call_for_101_goes(row: Row, exchange: Exchange, phones: Phones, desk: Desk) -> None:
    await goes_there(row, exchange, phones, desk)
