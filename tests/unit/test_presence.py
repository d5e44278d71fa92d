"""Somebody's status, how it ends by itself, and what can't be entered."""

from __future__ import annotations

import datetime
import json
from datetime import UTC, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model, QuerySet
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import live
from live import changes
from presence import actions, selectors
from presence.models import SLOTS, Forwarding, Presence, WorkingSpan
from presence.numbers import as_caller, as_outside_number
from telephony.extensions import numbering
from telephony.extensions.models import Department, Extension, RingGroup
from telephony.routing.forwarding import effective
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)
MOBILE = "+31612345678"


def make_extension(number: str, name: str) -> Extension:
    """Without a word to anybody: what is told in a test comes from the test."""
    return Extension.objects.bulk_create([Extension(number=number, name=name)])[0]


@pytest.fixture
def anna() -> Extension:
    return make_extension("100", "Anna")


@pytest.fixture
def bram() -> Extension:
    return make_extension("101", "Bram")


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was told after the commit, in order; `directory` for the media nodes."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(live, "publish", heard.append)
    monkeypatch.setattr(changes, "announce_change", lambda: heard.append({"kind": "announced"}))
    return heard


def errors(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict


# --- statuses


def test_a_status_is_told_to_everybody_once_it_is_kept(anna: Extension, said: list[dict[str, Any]]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.do_set_status(anna, "lunch", message="Back at one")
        assert said == []
    assert {
        "kind": "presence",
        "extension": "100",
        "status": "lunch",
        "until": None,
        "message": "Back at one",
    } in said
    assert {"kind": "announced"} in said
    assert json.dumps(said)


def test_a_temporary_status_is_over_from_that_second_on_whoever_looks(anna: Extension) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        row = actions.do_set_status(anna, "dnd", until=MONDAY + timedelta(minutes=30))
        clock.shift(timedelta(minutes=30) - timedelta(microseconds=1))
        assert row.status_at() == "dnd"
        assert selectors.presence_of(anna).status == "dnd"
        clock.shift(timedelta(microseconds=1))
        assert row.status_at() == "available"
        assert selectors.presence_of_everybody()[0].status == "available"
        assert selectors.presence_of_everybody()[0].until is None


def test_new_settings_are_read_by_the_media_nodes_and_told_to_nobody_else(
    anna: Extension, said: list[dict[str, Any]]
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.do_save_settings(anna, closed_to_voicemail=True)
    assert {"kind": "announced"} in said
    assert all(message == {"kind": "announced"} for message in said)


def test_the_row_follows_and_everybody_is_told(
    anna: Extension, bram: Extension, said: list[dict[str, Any]]
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        actions.do_set_status(anna, "dnd", until=MONDAY + timedelta(minutes=30), message="Busy writing")
        actions.do_set_status(bram, "lunch", until=MONDAY + timedelta(hours=1))
        assert actions.do_end_statuses() == MONDAY + timedelta(minutes=30)
        assert Presence.objects.get(extension=anna).status == "dnd"
        clock.shift(timedelta(minutes=30))
        said.clear()
        connection.run_on_commit.clear()  # what was changed until here is told by now
        with TestCase.captureOnCommitCallbacks(execute=True):
            assert actions.do_end_statuses() == MONDAY + timedelta(hours=1)
        assert [message for message in said if message["kind"] == "presence"] == [
            {"kind": "presence", "extension": "100", "status": "available", "until": None, "message": ""}
        ]
        assert {"kind": "announced"} in said
        said.clear()
        with TestCase.captureOnCommitCallbacks(execute=True):
            actions.do_end_statuses()
        assert said == []
        clock.shift(timedelta(days=3))  # nobody looked for days
        assert actions.do_end_statuses() is None
    assert list(Presence.objects.values_list("status", "until").distinct()) == [("available", None)]


def test_a_message_of_its_own_outlives_a_temporary_status(anna: Extension) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        actions.do_set_status(anna, "available", message="Not in on Fridays")
        actions.do_set_status(anna, "lunch", until=MONDAY + timedelta(minutes=30))
        clock.shift(timedelta(hours=1))
        actions.do_end_statuses()
        assert selectors.presence_of(anna).message == "Not in on Fridays"
        actions.do_set_status(anna, "lunch", until=timezone.now() + timedelta(minutes=30), message="Soup")
        actions.do_set_status(anna, "away")
        assert selectors.presence_of(anna).message == ""


@pytest.mark.parametrize(
    ("begin", "until", "lasts"),
    [
        # 29 March 2026, 02:00 becomes 03:00: from 1:30 until 3:30 is one hour.
        ("2026-03-29T01:30", "2026-03-29T03:30", timedelta(hours=1)),
        # 25 October 2026, 03:00 becomes 02:00: from 1:30 until 3:30 is three hours.
        ("2026-10-25T01:30", "2026-10-25T03:30", timedelta(hours=3)),
    ],
)
def test_a_change_of_the_clocks_during_a_temporary_status(
    anna: Extension, begin: str, until: str, lasts: timedelta
) -> None:
    first = datetime.datetime.fromisoformat(begin).replace(tzinfo=AMSTERDAM)
    last = datetime.datetime.fromisoformat(until).replace(tzinfo=AMSTERDAM)
    assert last.astimezone(UTC) - first.astimezone(UTC) == lasts
    with time_machine.travel(first, tick=False) as clock:
        actions.do_set_status(anna, "away", until=last)
        clock.shift(lasts - timedelta(seconds=1))
        assert actions.do_end_statuses() is not None
        assert selectors.presence_of(anna).status == "away"
        clock.shift(timedelta(seconds=1))
        assert selectors.presence_of(anna).status == "available"
        assert actions.do_end_statuses() is None
        assert Presence.objects.get(extension=anna).status == "available"


@pytest.mark.parametrize(
    ("status", "more", "field"),
    [
        ("asleep", {}, "status"),
        ("", {}, "status"),
        ("away", {"until": MONDAY}, "until"),
        ("away", {"until": MONDAY - timedelta(days=1)}, "until"),
        ("away", {"until": datetime.datetime(2026, 11, 23, 11)}, "until"),
        ("available", {"until": MONDAY + timedelta(hours=1)}, "until"),
        ("away", {"message": "x" * 141}, "message"),
    ],
)
def test_what_is_no_status_is_refused_at_its_field(
    anna: Extension, status: str, more: dict[str, Any], field: str
) -> None:
    with time_machine.travel(MONDAY, tick=False), pytest.raises(ValidationError) as error:
        actions.do_set_status(anna, status, **more)
    assert list(errors(error)) == [field]
    assert not Presence.objects.exists()


def test_a_message_is_one_line(anna: Extension) -> None:
    assert actions.do_set_status(anna, "away", message=" Back \0\r\n soon ").message == "Back soon"


def test_an_end_is_exact() -> None:
    assert effective("away", MONDAY, MONDAY - timedelta(microseconds=1)) == "away"
    assert effective("away", MONDAY, MONDAY) == "available"
    assert effective("away", None, MONDAY) == "away"


# --- everybody, live


class Lamps:
    """Redis, as far as it is asked."""

    def __init__(self, lamps: dict[str, str]) -> None:
        self.lamps = lamps
        self.asked = 0

    def hgetall(self, _key: str) -> dict[str, str]:
        self.asked += 1
        return {
            number: json.dumps({"kind": "extension", "state": state}) for number, state in self.lamps.items()
        }


def test_a_thousand_people_cost_two_queries_at_most_and_one_question_to_redis(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = Extension.objects.bulk_create(
        Extension(number=str(1000 + index), name=f"Person {index}") for index in range(1000)
    )
    Presence.objects.bulk_create(Presence(extension=one, status="away", message="x") for one in people[::2])
    redis = Lamps({"1000": "busy", "1001": "ringing"})
    monkeypatch.setattr(live, "client", cache(lambda: redis))
    with CaptureQueriesContext(connection) as queries:
        everybody = selectors.presence_of_everybody()
    assert len(queries) <= 2
    assert redis.asked == 1
    assert len(everybody) == 1000
    assert [(one.status, one.on_call, one.ringing) for one in everybody[:3]] == [
        ("away", True, False),
        ("available", False, True),
        ("away", False, False),
    ]


def test_without_redis_nobody_seems_to_be_on_a_call(anna: Extension) -> None:
    assert selectors.presence_of_everybody() == [
        selectors.Standing("100", "available", None, "", on_call=False, ringing=False)
    ]


def test_who_is_out_of_use_is_not_shown(anna: Extension) -> None:
    Extension.objects.filter(pk=anna.pk).update(enabled=False)
    assert selectors.presence_of_everybody() == []


# --- settings


def test_a_mobile_number_is_kept_in_one_form(anna: Extension) -> None:
    for text in ("06 12345678", "+31 6 1234 5678", "0031612345678", "+31-(0)6-12345678"):
        assert actions.do_save_settings(anna, mobile=text).mobile == MOBILE
    assert actions.do_save_settings(anna, mobile="").mobile == ""


@pytest.mark.parametrize(
    "text", ["123", "no number", "+31", "06123", "+316123456789012", "50% off", "\0", "+999123456789"]
)
def test_what_is_no_telephone_number_is_refused(anna: Extension, text: str) -> None:
    with pytest.raises(ValidationError) as error:
        actions.do_save_settings(anna, mobile=text)
    assert list(errors(error)) == ["mobile"]


def test_a_mobile_that_rings_must_be_known(anna: Extension) -> None:
    with pytest.raises(ValidationError) as error:
        actions.do_save_settings(anna, ring_mobile=True)
    assert list(errors(error)) == ["mobile"]
    assert actions.do_save_settings(anna, ring_mobile=True, mobile="0612345678").ring_mobile


def test_the_defaults_are_those_that_were_promised() -> None:
    row = Presence()
    assert (row.accept_multiple, row.accept_push, row.closed_to_voicemail) == (True, True, True)
    assert (row.status, row.ring_mobile, row.own_hours) == ("available", False, False)


# --- forwardings


def test_every_status_forwards_colleagues_and_outside_callers_apart(anna: Extension, bram: Extension) -> None:
    assert len(SLOTS) == 12
    for status, source, case in SLOTS:
        target = "101" if source == "internal" else "020 1234567"
        kind = "extension" if source == "internal" else "outside"
        actions.do_set_forwarding(anna, status, source, case, kind, target)
    kept = {
        (row.status, row.source, row.case): (row.kind, row.target)
        for row in Forwarding.objects.filter(extension=anna)
    }
    assert kept.keys() == set(SLOTS)
    assert kept["away", "internal", "always"] == ("extension", "101")
    assert kept["available", "external", "unavailable"] == ("outside", "+31201234567")
    actions.do_set_forwarding(anna, "away", "internal", "always", "voicemail")
    assert Forwarding.objects.filter(extension=anna).count() == 11


@pytest.mark.parametrize(
    ("status", "case", "kind", "target", "field"),
    [
        ("away", "always", "extension", "100", "target"),  # itself
        ("away", "always", "extension", "555", "target"),  # nobody
        ("away", "always", "extension", "", "target"),
        ("away", "always", "extension", "1; DROP TABLE", "target"),
        ("away", "always", "system", "101", "target"),  # a person
        ("away", "always", "voicemail", "101", "target"),  # without voicemail
        ("away", "always", "outside", "12", "target"),
        ("away", "always", "outside", "0000000000", "target"),
        ("away", "always", "outside", "x" * 30, "target"),
        ("away", "always", "mobile", "", "kind"),
        ("away", "always", "busy", "101", "target"),
        ("away", "always", "nowhere", "", "kind"),
        ("away", "no_answer", "busy", "", "case"),
        ("available", "always", "busy", "", "case"),
        ("asleep", "always", "busy", "", "status"),
    ],
)
def test_a_forwarding_that_leads_nowhere_is_refused_at_its_field(
    anna: Extension, bram: Extension, status: str, case: str, kind: str, target: str, field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        actions.do_set_forwarding(anna, status, "internal", case, kind, target)
    assert field in errors(error)
    assert not Forwarding.objects.exists()


def test_the_forwardings_of_others_to_somebody_who_left_are_found(anna: Extension, bram: Extension) -> None:
    Mailbox.objects.create(extension=bram, pin="x")
    group = RingGroup.objects.create(number="600", name="Desk")
    actions.do_save_settings(anna, mobile=MOBILE)
    actions.do_set_forwarding(anna, "away", "internal", "always", "extension", "101")
    actions.do_set_forwarding(anna, "away", "external", "always", "voicemail", "101")
    actions.do_set_forwarding(anna, "dnd", "external", "always", "system", "600")
    actions.do_set_forwarding(anna, "dnd", "internal", "always", "mobile")
    actions.do_set_forwarding(anna, "lunch", "internal", "always", "outside", MOBILE)
    actions.do_set_exceptions(anna, [{"kind": "extension", "target": "101"}])
    assert selectors.broken_forwardings() == []
    bram.delete()
    assert len(selectors.broken_forwardings()) == 3
    group.delete()
    actions.do_save_settings(anna, mobile="")
    assert len(selectors.broken_forwardings(["100"])) == 5
    assert selectors.broken_forwardings(["102"]) == []


def test_a_department_and_its_number(anna: Extension) -> None:
    sales = Department(name="Sales", number="610", closed_kind="extension", closed_target="100")
    sales.full_clean()
    sales.save()
    actions.do_set_forwarding(anna, "away", "internal", "always", "system", "610")
    for wrong in (
        {"number": "100"},
        {"number": "112"},
        {"number": "0"},
        {"closed_kind": "voicemail", "closed_target": ""},
        {"closed_kind": "mobile"},
        {"closed_kind": "extension", "closed_target": "555"},
        {"closed_kind": "system", "closed_target": "611", "number": "611"},
        {"caller_id": "anonymous"},
    ):
        with pytest.raises(ValidationError):
            Department(**{"name": "Other", "closed_kind": "busy", **wrong}).full_clean()
    with pytest.raises(ValidationError) as error:
        Extension(number="610", name="Too late").full_clean()
    assert list(errors(error)) == ["number"]
    # Two departments without a number do not get in each other's way.
    for name in ("A", "B"):
        other = Department(name=name, number="")
        other.full_clean()
        other.save()


# --- exceptions


def test_exceptions_keep_the_order_in_which_they_were_given(anna: Extension, bram: Extension) -> None:
    actions.do_set_exceptions(
        anna,
        [
            {"caller": "06 87654321", "kind": "extension", "target": "101"},
            {"caller": "020*", "weekdays": "4321043", "start": time(9), "end": time(17), "kind": "busy"},
            {"caller": "Anonymous", "kind": "voicemail"},
            {"start": time(22), "end": time(6), "kind": "voicemail", "enabled": False},
        ],
    )
    rows = list(anna.exceptions.all())
    assert [row.caller for row in rows] == ["+31687654321", "+3120*", "anonymous", ""]
    assert rows[1].weekdays == "01234"
    actions.do_set_exceptions(anna, [])
    assert not anna.exceptions.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"caller": "everybody"}, "caller"),
        ({"caller": "*31"}, "caller"),
        ({"caller": "31**"}, "caller"),
        ({"weekdays": "7"}, "weekdays"),
        ({"weekdays": "01234560"}, "weekdays"),
        ({"start": time(9)}, "end"),
        ({"end": time(9)}, "start"),
        ({"start": time(9), "end": time(9)}, "end"),
        ({"kind": "extension", "target": "100"}, "target"),
        ({"kind": "mobile"}, "kind"),
    ],
)
def test_an_exception_that_can_not_be_is_refused_at_its_row_and_field(
    anna: Extension, fields: dict[str, Any], field: str
) -> None:
    actions.do_set_exceptions(anna, [{"kind": "voicemail"}])
    with pytest.raises(actions.RowError) as error:
        actions.do_set_exceptions(anna, [{"kind": "busy"}, {"kind": "voicemail", **fields}])
    assert error.value.position == 1
    assert field in errors(error)
    assert anna.exceptions.get().kind == "voicemail"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("*", ""),
        ("101", "101"),
        ("10*", "10*"),
        ("+31*", "+31*"),
        ("0031 20*", "+3120*"),
        ("06*", "+316*"),
        ("ANONYMOUS", "anonymous"),
        ("06-12345678", MOBILE),
    ],
)
def test_callers_are_compared_in_one_form(text: str, kept: str) -> None:
    assert as_caller(text) == kept


def test_a_number_of_another_country_keeps_its_country() -> None:
    assert as_outside_number("+49 30 901820") == "+4930901820"


# --- working hours


def test_own_working_hours(anna: Extension) -> None:
    actions.do_set_working_hours(
        anna, True, [(0, time(8), time(12)), (0, time(13), time(17)), (4, time(20), time())]
    )
    assert Presence.objects.get(extension=anna).own_hours
    assert WorkingSpan.objects.filter(extension=anna).count() == 3
    actions.do_set_working_hours(anna, False)
    assert WorkingSpan.objects.filter(extension=anna).count() == 3
    actions.do_set_working_hours(anna, True)


@pytest.mark.parametrize(
    ("spans", "field", "position"),
    [
        ([(0, time(8), time(12)), (0, time(11), time(17))], "start", 1),
        ([(0, time(8), time(12)), (1, time(12), time(8))], "end", 1),
        ([(0, time(8), time(8))], "end", 0),
        ([(7, time(8), time(9))], "weekday", 0),
    ],
)
def test_working_hours_that_can_not_be_are_refused(
    anna: Extension, spans: list[tuple[int, time, time]], field: str, position: int
) -> None:
    with pytest.raises(actions.RowError) as error:
        actions.do_set_working_hours(anna, True, spans)
    assert (list(errors(error)), error.value.position) == ([field], position)


def test_own_hours_without_any_are_refused(anna: Extension) -> None:
    with pytest.raises(ValidationError) as error:
        actions.do_set_working_hours(anna, True, [])
    assert list(errors(error)) == ["own_hours"]


@pytest.mark.parametrize("model", [Presence, Forwarding])
def test_two_who_save_for_the_first_time_at_once_both_succeed(
    anna: Extension, monkeypatch: pytest.MonkeyPatch, model: type[Model]
) -> None:
    """The other one's row is there, and was not when we looked."""
    rule = (anna, "away", "internal", "always", "busy")
    actions.do_set_status(anna, "away")
    actions.do_set_forwarding(*rule)
    fetch = QuerySet._fetch_all
    looked: list[QuerySet[Any]] = []

    def blind_once(query: QuerySet[Any]) -> None:
        if query.model is model and not looked:
            looked.append(query)
            query._result_cache = []
        fetch(query)

    monkeypatch.setattr(QuerySet, "_fetch_all", blind_once)
    if model is Presence:
        actions.do_set_status(anna, "lunch")
    else:
        actions.do_set_forwarding(*rule)
    assert looked
    assert Presence.objects.get().status == ("lunch" if model is Presence else "away")
    assert Forwarding.objects.get().kind == "busy"


def test_a_rule_leads_to_no_group_or_receptionist_that_is_out_of_use(anna: Extension) -> None:
    group = RingGroup.objects.create(number="600", name="Desk")
    rule = (anna, "away", "internal", "always", "system", "600")
    actions.do_set_forwarding(*rule)
    group.enabled = False
    group.save()
    with pytest.raises(ValidationError) as error:
        actions.do_set_forwarding(*rule)
    assert "target" in errors(error)


def test_parking_slots_are_nobodys_numbers() -> None:
    with pytest.raises(ValidationError):
        numbering.check_free("705")
    Extension.objects.create(number="699", name="x")
    assert not numbering.reserved() & {"699", "710"}
    assert {"700", "709"} <= numbering.reserved()
