"""The administrator's page of somebody's reachability, and those of departments and office hours."""

from __future__ import annotations

import datetime
import html
import json
import re
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

import live
from accounts.models import User
from live import changes
from presence import actions
from presence.admin.forms import slot_fields
from presence.models import SLOTS, Forwarding, ForwardingException, Presence, WorkingSpan
from telephony.extensions.models import Department, Extension
from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
from tests.rig.web import empty_inline, make_phone, post, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def anna(db: None) -> Extension:
    return make_phone("100", "Anna").extension


@pytest.fixture
def bram(db: None) -> Extension:
    return make_phone("101", "Bram").extension


def page_of(extension: Extension) -> str:
    return f"/admin/presence/reachability/{extension.pk}/change/"


def rows(prefix: str, *rows: dict[str, Any], extension: Extension) -> dict[str, Any]:
    """New rows of an inline."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        data |= {f"{prefix}-{place}-id": "", f"{prefix}-{place}-extension": extension.pk}
        data |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return data


def form_of(extension: Extension, **changes: Any) -> dict[str, Any]:
    """What the browser sends of a page on which nothing but `changes` was touched."""
    data: dict[str, Any] = {
        "status": "available",
        "until_0": "",
        "until_1": "",
        "message": "",
        "mobile": "",
        "accept_multiple": "on",
        "accept_push": "on",
        "closed_to_voicemail": "on",
        **empty_inline("exceptions"),
        **empty_inline("working_spans"),
    }
    for slot in SLOTS:
        kind, target = slot_fields(*slot)
        data |= {kind: "voicemail", target: ""}
    return {name: value for name, value in (data | changes).items() if value is not None}


def errors(answer: Any) -> dict[str, list[str]]:
    """Everything that the page says is wrong, by its field."""
    context = answer.context
    found: dict[str, list[str]] = {
        name: list(texts) for name, texts in context["adminform"].form.errors.items()
    }
    for inline in context["inline_admin_formsets"]:
        for place, form in enumerate(inline.formset.forms):
            for name, texts in form.errors.items():
                found[f"{inline.formset.prefix}-{place}-{name}"] = list(texts)
        if texts := inline.formset.non_form_errors():
            found[inline.formset.prefix] = list(texts)
    return found


def text_of(answer: Any) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


# --- the page of a person


def test_everything_about_somebody_is_set_on_one_page(
    admin: Client, anna: Extension, bram: Extension
) -> None:
    assert admin.get(page_of(anna)).status_code == 200
    kind, target = slot_fields("away", "external", "always")
    desk, _target = slot_fields("available", "internal", "unavailable")
    answer = post(
        admin,
        page_of(anna),
        form_of(
            anna,
            status="away",
            until_0="2126-11-23",
            until_1="15:00:00",
            message="At the dentist's",
            mobile="06 12345678",
            ring_mobile="on",
            accept_multiple=None,
            own_hours="on",
            **{kind: "outside", target: "020 1234567", desk: "mobile"},
            **rows(
                "exceptions",
                {
                    "enabled": "on",
                    "caller": "06 87654321",
                    "kind": "extension",
                    "target": "101",
                    "position": 0,
                },
                {
                    "enabled": "on",
                    "weekdays": ["0", "1"],
                    "start": "22:00",
                    "end": "06:00",
                    "kind": "mobile",
                    "position": 1,
                },
                extension=anna,
            ),
            **rows(
                "working_spans",
                {"weekday": 0, "start": "08:00", "end": "12:00"},
                {"weekday": 0, "start": "13:00", "end": "00:00"},
                extension=anna,
            ),
        ),
    )
    assert "errornote" not in answer.content.decode(), errors(answer)
    row = Presence.objects.get(extension=anna)
    assert (row.status, row.message, row.mobile) == ("away", "At the dentist's", "+31612345678")
    assert row.until == datetime.datetime(2126, 11, 23, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert (row.ring_mobile, row.accept_multiple, row.own_hours) == (True, False, True)
    kept = {(one.status, one.source, one.case): (one.kind, one.target) for one in anna.forwardings.all()}
    assert kept == {
        ("away", "external", "always"): ("outside", "+31201234567"),
        ("available", "internal", "unavailable"): ("mobile", ""),
    }
    assert [(one.caller, one.weekdays, one.kind) for one in anna.exceptions.all()] == [
        ("+31687654321", "", "extension"),
        ("", "01", "mobile"),
    ]
    assert WorkingSpan.objects.filter(extension=anna).count() == 2
    again = admin.get(page_of(anna))
    assert "At the dentist" in again.content.decode()
    assert "+31201234567" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "asleep"}, "status"),
        ({"status": "away", "until_0": "2020-01-01", "until_1": "12:00:00"}, "until"),
        ({"status": "away", "until_0": "2126-01-01"}, "until"),
        ({"status": "away", "until_0": "soon", "until_1": "12:00:00"}, "until"),
        ({"message": "x" * 141}, "message"),
        ({"mobile": "not a number"}, "mobile"),
        ({"mobile": "50% off"}, "mobile"),
        ({"ring_mobile": "on"}, "mobile"),
        (
            {"kind_away_internal_always": "extension", "target_away_internal_always": "100"},
            "target_away_internal_always",
        ),
        (
            {"kind_away_internal_always": "extension", "target_away_internal_always": "555"},
            "target_away_internal_always",
        ),
        ({"kind_away_internal_always": "extension"}, "target_away_internal_always"),
        (
            {"kind_away_internal_always": "system", "target_away_internal_always": "101"},
            "target_away_internal_always",
        ),
        (
            {"kind_away_internal_always": "outside", "target_away_internal_always": "<b>"},
            "target_away_internal_always",
        ),
        ({"kind_away_internal_always": "mobile"}, "kind_away_internal_always"),
        ({"kind_away_internal_always": "nowhere"}, "kind_away_internal_always"),
        ({"own_hours": "on"}, "working_spans"),
    ],
)
def test_what_can_not_be_is_said_at_its_field(
    admin: Client, anna: Extension, bram: Extension, changes: dict[str, Any], field: str
) -> None:
    answer = admin.post(page_of(anna), form_of(anna, **changes))
    assert list(errors(answer)) == [field]
    assert not Presence.objects.exists()
    assert not Forwarding.objects.exists()


@pytest.mark.parametrize(
    ("prefix", "entered", "field"),
    [
        (
            "working_spans",
            [
                {"weekday": 0, "start": "08:00", "end": "12:00"},
                {"weekday": 0, "start": "11:00", "end": "13:00"},
            ],
            "1-start",
        ),
        ("working_spans", [{"weekday": 0, "start": "12:00", "end": "08:00"}], "0-end"),
        ("working_spans", [{"weekday": 9, "start": "08:00", "end": "12:00"}], "0-weekday"),
        ("exceptions", [{"caller": "nobody", "kind": "busy"}], "0-caller"),
        ("exceptions", [{"kind": "extension", "target": "100"}], "0-target"),
        ("exceptions", [{"kind": "mobile"}], "0-kind"),
        ("exceptions", [{"kind": "busy", "start": "09:00"}], "0-end"),
        ("exceptions", [{"kind": "busy", "weekdays": ["8"]}], "0-weekdays"),
    ],
)
def test_a_row_that_can_not_be_is_said_at_its_field(
    admin: Client, anna: Extension, prefix: str, entered: list[dict[str, Any]], field: str
) -> None:
    entered = (
        [{"enabled": "on", "position": 0, **row} for row in entered] if prefix == "exceptions" else entered
    )
    answer = admin.post(page_of(anna), form_of(anna, **rows(prefix, *entered, extension=anna)))
    assert list(errors(answer)) == [f"{prefix}-{field}"]
    assert not ForwardingException.objects.exists()
    assert not WorkingSpan.objects.exists()


def test_a_forwarding_to_somebody_who_left_is_marked_and_does_not_stand_in_the_way(
    admin: Client, anna: Extension, bram: Extension
) -> None:
    actions.do_set_forwarding(anna, "away", "internal", "always", "extension", "101")
    actions.do_set_exceptions(anna, [{"caller": "06*", "kind": "extension", "target": "101"}])
    assert "kiestoon-pill bad" not in admin.get("/admin/presence/reachability/").content.decode()
    bram.delete()
    assert "2 lead nowhere" in text_of(admin.get("/admin/presence/reachability/"))
    assert "Anna" in text_of(admin.get("/admin/presence/reachability/?broken=1"))
    assert text_of(admin.get(page_of(anna))).count("leads nowhere now") == 2
    exception = anna.exceptions.get()
    kept = form_of(
        anna,
        status="lunch",
        kind_away_internal_always="extension",
        target_away_internal_always="101",
        **{
            "exceptions-TOTAL_FORMS": 1,
            "exceptions-INITIAL_FORMS": 1,
            "exceptions-0-id": exception.pk,
            "exceptions-0-extension": anna.pk,
            "exceptions-0-enabled": "on",
            "exceptions-0-caller": exception.caller,
            "exceptions-0-kind": "extension",
            "exceptions-0-target": "101",
            "exceptions-0-position": 0,
        },
    )
    answer = post(admin, page_of(anna), kept)
    assert "errornote" not in answer.content.decode(), errors(answer)
    assert Presence.objects.get(extension=anna).status == "lunch"


def test_a_status_that_has_just_ended_is_shown_as_it_is(admin: Client, anna: Extension) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        actions.do_set_status(anna, "dnd", until=MONDAY + timedelta(minutes=5))
        assert "Do not disturb" in text_of(admin.get("/admin/presence/reachability/"))
        clock.shift(timedelta(minutes=5))
        answer = admin.get(page_of(anna))
    assert answer.context["adminform"].form.initial["status"] == "available"


def test_the_list_shows_who_is_on_a_call(
    admin: Client, anna: Extension, bram: Extension, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Redis:
        def hgetall(self, _key: str) -> dict[str, str]:
            return {"100": json.dumps({"state": "busy"}), "101": json.dumps({"state": "ringing"})}

    actions.do_set_status(bram, "lunch")
    monkeypatch.setattr(live, "client", cache(Redis))
    page = admin.get("/admin/presence/reachability/")
    assert "Available, on a call" in text_of(page)
    assert "Lunch, ringing" in text_of(page)
    assert 'data-live="presence extension"' in page.content.decode()
    assert (
        "Bram" not in text_of(admin.get("/admin/presence/reachability/?status=available")).split("Anna")[-1]
    )


def test_who_may_only_look_changes_nothing(clerk: User, anna: Extension) -> None:
    browser = sign_in(clerk)
    assert browser.get(page_of(anna)).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_reachability"))
    browser = sign_in(User.objects.get(pk=clerk.pk))
    assert browser.get(page_of(anna)).status_code == 200
    assert browser.get("/admin/presence/reachability/").status_code == 200
    assert browser.post(page_of(anna), form_of(anna, status="away")).status_code == 403
    assert not Presence.objects.exists()


def test_an_extension_goes_with_all_that_was_set_for_it(clerk: User, anna: Extension) -> None:
    actions.do_set_status(anna, "away")
    actions.do_set_exceptions(anna, [{"kind": "busy"}])
    clerk.user_permissions.add(
        *Permission.objects.filter(codename__in=("delete_extension", "view_extension", "delete_device"))
    )
    browser = sign_in(User.objects.get(pk=clerk.pk))
    post(browser, f"/admin/telephony/extension/{anna.pk}/delete/", {"post": "yes"})
    assert not Extension.objects.exists()
    assert not Presence.objects.exists()


# --- departments and office hours


def hours_form(**changes: Any) -> dict[str, Any]:
    data = {
        "department": "",
        "time_zone": "Europe/Amsterdam",
        "country": "NL",
        "region": "",
        "closed_until_0": "",
        "closed_until_1": "",
        **empty_inline("spans"),
        **empty_inline("breaks"),
        **empty_inline("own_holidays"),
    }
    return data | changes


def hours_rows(prefix: str, *entered: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(entered), f"{prefix}-INITIAL_FORMS": 0}
    for place, row in enumerate(entered):
        data |= {f"{prefix}-{place}-{name}": value for name, value in {"id": "", "hours": "", **row}.items()}
    return data


ADD = "/admin/telephony/officehours/add/"


def test_office_hours_with_breaks_and_days_off(admin: Client) -> None:
    page = admin.get(ADD)
    assert page.status_code == 200
    assert 'value="08:30' in page.content.decode()  # an ordinary week to begin with
    answer = post(
        admin,
        ADD,
        hours_form(
            **hours_rows("spans", *({"weekday": day, "start": "08:30", "end": "17:30"} for day in range(5))),
            **hours_rows("breaks", {"weekday": 0, "start": "12:30", "end": "13:00"}),
            **hours_rows(
                "own_holidays",
                {"day": "2026-12-31", "name": "Stocktaking", "closed": "on"},
                {"day": "2027-03-26", "name": "Open on Good Friday"},
            ),
        ),
    )
    assert "errornote" not in answer.content.decode(), errors(answer)
    hours = OfficeHours.objects.get()
    assert (OfficeSpan.objects.count(), OfficeBreak.objects.count(), OwnHoliday.objects.count()) == (5, 1, 2)
    with time_machine.travel(MONDAY + timedelta(hours=2, minutes=40), tick=False):
        assert "Closed for a break until 13:00" in text_of(admin.get("/admin/telephony/officehours/"))
        shown = text_of(admin.get(f"/admin/telephony/officehours/{hours.pk}/change/"))
        assert "Eerste kerstdag" in shown or "Christmas Day" in shown
        assert "Stocktaking" in shown
    with time_machine.travel(MONDAY, tick=False):
        OfficeHours.objects.update(closed_until=timezone.now() + timedelta(hours=1))
        assert "Closed until 23 November 2026 11:00" in text_of(admin.get("/admin/telephony/officehours/"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (
            hours_rows(
                "spans",
                {"weekday": 0, "start": "09:00", "end": "12:00"},
                {"weekday": 0, "start": "11:00", "end": "13:00"},
            ),
            "spans-1-start",
        ),
        (
            hours_rows(
                "breaks",
                {"weekday": 0, "start": "09:00", "end": "12:00"},
                {"weekday": 0, "start": "09:00", "end": "12:00"},
            ),
            "breaks-1-start",
        ),
        (hours_rows("spans", {"weekday": 0, "start": "09:00", "end": "08:00"}), "spans-0-end"),
        (hours_rows("own_holidays", {"day": "31 December", "name": "x"}), "own_holidays-0-day"),
        ({"time_zone": "Amsterdam"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"closed_until_0": "2020-01-01", "closed_until_1": "12:00"}, "closed_until"),
        ({"country": "XX"}, "country"),
        ({"region": "Nowhere"}, "region"),
        ({"country": "", "region": "BY"}, "region"),
    ],
)
def test_office_hours_that_can_not_be_are_refused_at_their_field(
    admin: Client, changes: dict[str, Any], field: str
) -> None:
    answer = admin.post(ADD, hours_form(**changes))
    assert list(errors(answer)) == [field]
    assert not OfficeHours.objects.exists()


def test_the_organisation_has_one_set_of_hours(admin: Client) -> None:
    post(admin, ADD, hours_form())
    answer = admin.post(ADD, hours_form())
    assert "These office hours exist already." in text_of(answer)
    assert OfficeHours.objects.count() == 1


def test_a_department_gets_people_and_hours_of_its_own(admin: Client, anna: Extension) -> None:
    answer = post(
        admin,
        "/admin/telephony/department/add/",
        {
            "name": "Sales",
            "number": "610",
            "ring_seconds": 20,
            "caller_id": "",
            "closed_kind": "extension",
            "closed_target": "100",
        },
    )
    assert "errornote" not in answer.content.decode(), errors(answer)
    sales = Department.objects.get()
    Extension.objects.filter(pk=anna.pk).update(department=sales)
    page = text_of(admin.get(f"/admin/telephony/department/{sales.pk}/change/"))
    assert "100 Anna" in page
    assert "Give it hours of its own" in page
    post(admin, ADD, hours_form(department=sales.pk))
    assert "its own" in text_of(admin.get("/admin/telephony/department/"))


def test_a_departments_people_are_chosen_on_its_own_page(
    admin: Client, anna: Extension, bram: Extension, django_capture_on_commit_callbacks: Any
) -> None:
    sales = Department.objects.create(name="Sales")
    other = Department.objects.create(name="Other")
    Extension.objects.filter(pk=bram.pk).update(department=other)
    data = {
        "name": "Support",
        "number": "610",
        "ring_seconds": 20,
        "closed_kind": "busy",
        "closed_target": "",
    }
    announced = []
    with pytest.MonkeyPatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(changes, "announce_change", lambda: announced.append(True))
        post(admin, "/admin/telephony/department/add/", {**data, "people": [anna.pk, bram.pk]})
    support = Department.objects.get(name="Support")
    assert set(support.members.all()) == {anna, bram}
    assert announced, "the media nodes ring those who came"
    page = f"/admin/telephony/department/{support.pk}/change/"
    assert "Anna" in text_of(admin.get(page)) and "Bram" in text_of(admin.get(page))
    post(admin, page, {**data, "people": [bram.pk]})
    assert set(support.members.all()) == {bram}
    post(
        admin,
        f"/admin/telephony/department/{sales.pk}/change/",
        {**data, "name": "Sales", "number": "", "people": [bram.pk]},
    )
    assert set(sales.members.all()) == {bram} and not support.members.exists()
    answer = admin.post(page, {**data, "people": [4711]})
    assert list(errors(answer)) == ["people"]


def test_who_may_not_change_extensions_only_sees_the_people(anna: Extension) -> None:
    sales = Department.objects.create(name="Sales")
    Extension.objects.filter(pk=anna.pk).update(department=sales)
    clerk = User.objects.create_user(
        "clerk@example.org", "secret", name="Clerk", is_staff=True, language="en"
    )
    clerk.user_permissions.set(
        Permission.objects.filter(codename__in=["change_department", "view_department"])
    )
    client = sign_in(clerk)
    page = f"/admin/telephony/department/{sales.pk}/change/"
    assert 'name="people"' not in client.get(page).content.decode()
    data = {"name": "Sales", "number": "", "ring_seconds": 20, "closed_kind": "busy", "closed_target": ""}
    client.post(page, {**data, "people": []})
    assert list(sales.members.all()) == [anna]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "100"}, "number"),
        ({"number": "112"}, "number"),
        ({"closed_kind": "voicemail"}, "closed_target"),
        ({"closed_kind": "extension", "closed_target": "555"}, "closed_target"),
        ({"closed_kind": "system", "closed_target": "611", "number": "611"}, "closed_target"),
        ({"caller_id": "<b>"}, "caller_id"),
        ({"ring_seconds": 4}, "ring_seconds"),
    ],
)
def test_a_department_that_can_not_be_is_refused_at_its_field(
    admin: Client, anna: Extension, changes: dict[str, Any], field: str
) -> None:
    data = {
        "name": "Sales",
        "number": "",
        "ring_seconds": 20,
        "closed_kind": "busy",
        "closed_target": "",
        **changes,
    }
    answer = admin.post("/admin/telephony/department/add/", data)
    assert list(errors(answer)) == [field]
