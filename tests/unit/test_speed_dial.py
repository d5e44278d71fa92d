"""What *0 and a position dial: the plan of the number that is stored, with every rule and limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import TestCase

import live
from accounts.models import User
from live import changes
from speeddial.actions import do_delete_speed_dial, do_save_speed_dial, do_set_speed_dial
from speeddial.models import SpeedDial
from speeddial.numbers import as_speed_dial
from speeddial.selectors import speed_dials_of
from telephony import directory as directories
from telephony.extensions.models import Extension
from telephony.routing import Note, Plan, RingOutside, plan
from telephony.routing.codes import meant
from telephony.routing.outbound_rules import Outbound, Person, Usage
from tests.rig.directories import COMPANY, DID, OUTSIDER, TRUNK, asked, person, present, told, with_presence

STORED = {5: "101", 6: OUTSIDER, 7: "112", 8: "600", 9: "666", 10: "100", 11: DID, 99: "102"}
WITH = replace(COMPANY, rooms={"speeddial": {"100": STORED, "101": {5: "103"}}})


def dialled(code: str, caller: str = "100", **more: Any) -> Plan:
    return plan(WITH, asked(caller, code, **more))


def codes_of(found: Plan) -> list[str]:
    return [step.reason.code for step in found.steps]


@pytest.mark.parametrize("position", STORED)
def test_it_is_as_if_the_number_had_been_dialled(position: int) -> None:
    short, whole = dialled(f"*0{position}"), dialled(STORED[position])
    note, *rest = short.steps
    assert isinstance(note, Note)
    assert note.reason.code == "speed_dial"
    assert note.reason.args == {"extension": "100", "position": position, "number": STORED[position]}
    assert tuple(rest) == whole.steps


def test_everybody_has_their_own() -> None:
    assert told(dialled("*05")) == told(dialled("101"))
    assert told(dialled("*05", "101")) == told(dialled("103", "101"))
    assert codes_of(dialled("*05", "102")) == ["speed_dial_empty"]
    assert told(dialled("*05", "102")).startswith("refuse 404")


@pytest.mark.parametrize("code", ["*0", "*00", "*0100", "*001", "*05#", "05", "*0x"])
def test_what_is_no_position_is_no_speed_dial(code: str) -> None:
    assert not any(one.startswith("speed_dial") for one in codes_of(dialled(code)))


def test_somebody_from_outside_has_none() -> None:
    assert codes_of(dialled("*05", OUTSIDER, trunk=7)) == codes_of(dialled("*44", OUTSIDER, trunk=7))
    assert codes_of(dialled("*05", "999999")) == ["unknown_number"]


def test_who_transfers_a_caller_to_one_means_their_own() -> None:
    to_101 = dialled("101", OUTSIDER, trunk=7, by="100")
    assert told(dialled("*05", OUTSIDER, trunk=7, by="100")) == told(to_101)
    assert told(dialled("*05", "102", by="101")) == told(dialled("103", "102", by="101"))


def test_the_rules_of_who_is_called_count() -> None:
    away = with_presence(WITH, x101=present("away"))
    assert told(plan(away, asked("100", "*05"))) == told(plan(away, asked("100", "101"))) == "message 101"


@pytest.mark.parametrize(
    ("outbound", "usage", "code"),
    [
        (Outbound(trunks=(TRUNK,), people={"100": Person(allowed=False)}), None, "outside_not_allowed"),
        (
            Outbound(trunks=(TRUNK,), people={"100": Person(calls=1)}),
            Usage(calls_of={"100": 1}),
            "calls_limit_of",
        ),
        (Outbound(trunks=(TRUNK,), minutes=1), Usage(seconds=60), "minutes_limit"),
        (Outbound(trunks=(TRUNK,), countries=frozenset({"BE"})), None, "country_blocked"),
    ],
)
def test_rights_and_limits_count_but_not_for_who_calls_for_help(
    outbound: Outbound, usage: Usage | None, code: str
) -> None:
    limited = replace(WITH, outbound=outbound)
    refused = plan(limited, replace(asked("100", "*06"), usage=usage))
    assert codes_of(refused) == ["speed_dial", code]
    help_call = plan(limited, replace(asked("100", "*07"), usage=usage))
    assert codes_of(help_call)[:2] == ["speed_dial", "emergency"]
    assert isinstance(help_call.steps[1], RingOutside)


def test_a_full_node_knows_that_it_stands_for_112() -> None:
    assert meant(WITH, "100", "*07") == "112"
    assert meant(WITH, "102", "*07") == "*07"


# --- in the database


@pytest.fixture
def anna(db: None) -> User:
    user = User.objects.create(email="anna@example.org", name="Anna", language="nl")
    Extension.objects.bulk_create([Extension(number="100", name="Anna", user=user), Extension(number="101")])
    return user


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int | None]]:
    """What was told after the commit, and to whom alone."""
    heard: list[tuple[Any, int | None]] = []
    monkeypatch.setattr(live, "publish", lambda event, user=None: heard.append((event, user)))
    monkeypatch.setattr(changes, "announce_change", lambda: heard.append(("announced", None)))
    return heard


def test_a_change_is_told_to_the_user_alone_and_to_the_media_nodes(
    anna: User, said: list[tuple[Any, int | None]]
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        do_set_speed_dial(anna, 5, " 020-123 45 67 ", "Dentist")
    rows = [{"position": 5, "number": "0201234567", "label": "Dentist"}]
    event = {"kind": "speed_dials", "speed_dials": rows}
    assert sorted(said, key=str) == [("announced", None), (event, anna.pk)]


def test_a_removal_is_told_in_the_same_way(anna: User, said: list[tuple[Any, int | None]]) -> None:
    (row,) = SpeedDial.objects.bulk_create([SpeedDial(user=anna, position=5, number="101")])
    with TestCase.captureOnCommitCallbacks(execute=True):
        do_delete_speed_dial(row)
    event = {"kind": "speed_dials", "speed_dials": []}
    assert sorted(said, key=str) == [("announced", None), (event, anna.pk)]


def test_the_directory_has_those_of_everybody_with_an_extension(anna: User) -> None:
    do_set_speed_dial(anna, 5, "101")
    do_set_speed_dial(anna, 99, "+31201234567")
    do_set_speed_dial(User.objects.create(email="x@example.org", name="X"), 5, "100")
    assert directories.load().rooms["speeddial"] == {"100": {5: "101", 99: "+31201234567"}}
    Extension.objects.filter(number="100").update(enabled=False)
    assert directories.load().rooms["speeddial"] == {}


def test_a_position_holds_one_number(anna: User) -> None:
    do_set_speed_dial(anna, 5, "101")
    do_set_speed_dial(anna, 5, "100", "Me")
    assert speed_dials_of(anna) == [{"position": 5, "number": "100", "label": "Me"}]
    with pytest.raises(ValidationError) as refused:
        do_save_speed_dial(SpeedDial(user=anna, position=5, number="101"))
    assert set(refused.value.message_dict) == {"__all__"}
    with pytest.raises(IntegrityError):
        SpeedDial.objects.create(user=anna, position=5, number="101")


@pytest.mark.parametrize("position", [0, 100, -1])
def test_positions_go_from_1_to_99(anna: User, position: int) -> None:
    with pytest.raises(ValidationError) as refused:
        do_set_speed_dial(anna, position, "101")
    assert set(refused.value.message_dict) == {"position"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("101", "101"),
        (" 020-123 45 67", "0201234567"),
        ("+31 (0)20 123 45 67", "+31201234567"),
        ("0031201234567", "0031201234567"),
        ("112", "112"),
    ],
)
def test_a_number_is_kept_as_it_is_dialled(anna: User, text: str, number: str) -> None:
    assert as_speed_dial(text) == number


@pytest.mark.parametrize(
    "text", ["", "102", "999", "700", "*05", "*30", "Anna", "0", "+", "12345", "١١٢", "sip:101@x", "1" * 40]
)
def test_what_cannot_be_called_is_refused(anna: User, text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        do_set_speed_dial(anna, 5, text)
    assert set(refused.value.message_dict) == {"number"}
    assert not SpeedDial.objects.exists()


def test_an_extension_that_has_gone_is_an_unknown_number() -> None:
    gone = replace(WITH, extensions={"100": person("100")})
    assert codes_of(plan(gone, asked("100", "*05"))) == ["speed_dial", "unknown_number"]
