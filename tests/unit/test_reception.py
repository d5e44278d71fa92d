"""Finding a name by its letters on the keypad, and which conversations a rule has recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.receptionist.flow import MOST_NAMES, matches, spellings
from telephony.recordings.rules import Wish, wish
from telephony.routing.directory import Directory
from telephony.routing.entries import ExtensionEntry

PEOPLE = [
    ("100", "Anna de Wit"),
    ("101", "Bram Visser"),
    ("102", "Zoë van 't Hof"),
    ("103", "Wim Wit"),
    ("104", "Jo Li"),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("266", ["100"]),  # Ann(a)
        ("948", ["100", "103"]),  # Wit
        ("33", ["100"]),  # de
        ("339", ["100"]),  # de W(it)
        ("847", ["101"]),  # Vis(ser)
        ("963", ["102"]),  # Zoe, without the dots
        ("46", ["102"]),  # Ho(f)
        ("56", ["104"]),  # Jo
        ("54", ["104"]),  # Li
        ("222", []),
        ("", []),
        ("0", []),
    ],
)
def test_a_name_is_found_by_the_letters_of_any_of_its_parts(typed: str, found: list[str]) -> None:
    assert [number for number, _name in matches(PEOPLE, typed)] == found


def test_no_more_names_are_offered_than_there_are_keys() -> None:
    many = [(str(number), f"Anna {number}") for number in range(100, 150)]
    assert len(matches(many, "266")) == MOST_NAMES == 9


@given(st.text(max_size=60))
def test_every_name_can_be_spelled(name: str) -> None:
    for spelling in spellings(name):
        assert spelling and set(spelling) <= set("23456789")


def entry(number: str, *, record: bool = False, announce: bool = False) -> ExtensionEntry:
    return ExtensionEntry(
        number=number,
        name="",
        language="nl",
        ring_seconds=20,
        voicemail=True,
        record=record,
        announce=announce,
    )


DIRECTORY = Directory(
    extensions={
        "100": entry("100", announce=True),
        "101": entry("101", record=True),
        "102": entry("102", record=True, announce=True),
    },
    recorded_trunks={7: False, 8: True},
    recorded_inbound={"+31201234567": True},
)


@pytest.mark.parametrize(
    ("extensions", "trunk", "inbound", "wanted"),
    [
        (["100", ""], None, "", Wish(False, False)),
        (["100", "101"], None, "", Wish(True, False)),
        (["102", "101"], None, "", Wish(True, True)),
        (["100", ""], 7, "", Wish(True, False)),
        (["100", ""], 8, "", Wish(True, True)),
        (["100", ""], 9, "", Wish(False, False)),
        (["100", ""], 9, "+31201234567", Wish(True, True)),
        (["100", ""], 7, "0031201234567", Wish(True, True)),
        (["", "999"], None, "+31209999999", Wish(False, False)),
        ([], None, "", Wish(False, False)),
    ],
)
def test_one_rule_is_enough_to_record_and_one_to_say_so(
    extensions: list[str], trunk: int | None, inbound: str, wanted: Wish
) -> None:
    assert wish(DIRECTORY, extensions, trunk, inbound) == wanted
