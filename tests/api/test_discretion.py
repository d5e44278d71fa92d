"""A colleague's rules and private numbers stay theirs, whoever called them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rig.api import Someone, live_call, make_call

pytestmark = pytest.mark.django_db

MOBILE = "+31612345678"
FORWARDED = [
    {"at": 0.0, "code": "called", "args": {"caller": "100", "number": "101"}},
    {
        "at": 0.0,
        "code": "status_rule",
        "args": {"extension": "101", "status": "holiday", "source": "internal", "rule": f"outside:{MOBILE}"},
    },
    {"at": 0.0, "code": "to_outside", "args": {"number": MOBILE, "seconds": 60}},
    {"at": 5.0, "code": "trunk_failed", "args": {"trunk": "Provider", "status": 503}},
    {"at": 9.0, "code": "answered", "args": {"who": MOBILE, "seconds": 4}},
    {"at": 60.0, "code": "hung_up", "args": {"who": MOBILE}},
]


def told(person: Someone, call: Any) -> list[str]:
    return [step["text"] for step in person.get(f"/calls/{call.pk}/story")["steps"]]


def make_forwarded(steps: list[dict[str, Any]] = FORWARDED) -> Any:
    call = make_call("100", "101")
    call.steps, call.answered_by = steps, MOBILE
    call.save()
    return call


def test_who_called_hears_what_became_of_the_call_and_not_why_a_colleague_has_it_so(
    anna: Someone, bert: Someone
) -> None:
    call = make_forwarded()
    call.legs.filter(extension="101").delete()  # whose telephone did not ring
    assert told(anna, call) == [
        "100 called 101.",
        "External number is called, for at most 60 seconds.",
        "External number answered after 4 seconds.",
        "External number hung up.",
    ]
    assert anna.get("/calls")["calls"][0]["answered_by"] == ""


def test_ones_own_rules_are_told_in_full(anna: Someone, bert: Someone) -> None:
    story = told(bert, make_forwarded())
    assert len(story) == len(FORWARDED)
    assert story[1] == f"101 is on holiday; for internal callers the rule is: external number {MOBILE}."
    assert story[4] == f"{MOBILE} answered after 4 seconds."
    assert bert.get("/calls")["calls"][0]["answered_by"] == MOBILE


def test_who_is_rung_by_a_colleagues_rule_is_told_so_without_numbers_outside(
    anna: Someone, bert: Someone
) -> None:
    rule = {"extension": "102", "rule": "mobile:"}
    exception = {"extension": "102", "rule": f"outside:{MOBILE}"}
    on_to_bert = {"extension": "102", "status": "lunch", "source": "internal", "rule": "extension:101"}
    call = make_forwarded(
        [
            {"at": 0.0, "code": "exception_rule", "args": exception},
            {"at": 0.0, "code": "to_mobile", "args": {**rule, "seconds": 60}},
            {"at": 9.0, "code": "no_answer", "args": {"who": MOBILE, "seconds": 60}},
            {"at": 9.0, "code": "status_rule", "args": on_to_bert},
            {"at": 9.0, "code": "mobile_too", "args": {"extension": "102"}},
            {"at": 9.0, "code": "answered_mobile", "args": {"who": "102", "seconds": 2}},
        ]
    )
    story = told(bert, call)
    assert story[0] == "For this caller or at this time 102 has an exception: external number."
    assert story[3] == "102 is at lunch; for internal callers the rule is: extension 101."
    assert story[4] == "102 answered after 2 seconds." and len(story) == 5
    assert MOBILE not in " ".join(story)


def test_a_call_to_an_outside_number_is_told_in_full_to_who_dialled_it(anna: Someone) -> None:
    call = make_call("100", "0612345678")
    call.steps = [
        {"at": 0.0, "code": "outside", "args": {"number": MOBILE, "trunks": "Provider"}},
        {"at": 3.0, "code": "answered", "args": {"who": MOBILE, "seconds": 3}},
    ]
    call.answered_by = MOBILE
    call.save()
    assert f"{MOBILE} answered after 3 seconds." in told(anna, call)
    assert anna.get("/calls")["calls"][0]["answered_by"] == MOBILE


def ring_mobile_too(call: dict[str, Any]) -> dict[str, Any]:
    """The mobile of 101 rings beside the desk phone."""
    mobile = {
        "id": "m",
        "role": "target",
        "number": MOBILE,
        "extension": "",
        "payer": "101",
        "answered": None,
    }
    party = {**call["parties"][1], "leg": "m", "number": MOBILE, "extension": "", "device": None}
    return {"legs": [*call["legs"], {**call["legs"][1], **mobile}], "parties": [*call["parties"], party]}


def parties(person: Someone) -> list[tuple[str, str]]:
    (call,) = person.get("/snapshot")["calls"]
    return [(party["number"], party["extension"]) for party in call["parties"]]


def test_the_mobile_that_rings_along_is_seen_by_its_owner_only(anna: Someone, bert: Someone) -> None:
    call = live_call("c1", "100", "101", "ringing")
    for leg in call["legs"][1:]:
        leg["answered"] = None
    both = ring_mobile_too(call)
    live_call("c1", "100", "101", "ringing", **both)
    assert parties(anna) == [("100", "100"), ("101", "101")]
    assert (MOBILE, "") in parties(bert)
    # Answered on the mobile, or sent there by a rule, the colleague is who one talks to.
    for extension in ("101", ""):
        mobile = {**both["parties"][2], "extension": extension}
        live_call("c1", "100", "101", **{**both, "parties": [both["parties"][0], mobile]})
        assert parties(anna) == [("100", "100"), ("101", "101")]


def test_an_outside_number_that_a_colleague_transferred_me_to_is_no_secret(
    anna: Someone, bert: Someone
) -> None:
    call = live_call("c1", "100", "101")
    both = ring_mobile_too(call)
    live_call("c1", "100", "101", **{**both, "parties": [both["parties"][0], both["parties"][2]]})
    assert parties(anna) == [("100", "100"), (MOBILE, "")]


@pytest.mark.parametrize(
    ("search", "found"), [("000", 0), ("0-0", 0), ("061-23", 1), ("234", 1), ("anna", 0)]
)
def test_noughts_alone_are_no_number_to_look_for(anna: Someone, search: str, found: int) -> None:
    make_call("100", MOBILE)
    assert len(anna.get(f"/calls?search={search}")["calls"]) == found
