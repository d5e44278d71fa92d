"""Office hours from the database, with the public holidays of a country and region."""

from __future__ import annotations

import datetime
from datetime import UTC, date, time
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from telephony.extensions.models import Department
from telephony.hours import calendar, directory
from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
from telephony.routing.opening import Span, look

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Any:
    calendar.public_holidays.cache_clear()
    with time_machine.travel(NOW, tick=False):
        yield


def test_nothing_set_means_always_open() -> None:
    organisation, own = directory.load_hours()
    assert own == {}
    assert look(organisation, datetime.datetime(2026, 12, 25, 3, tzinfo=UTC)).open


def test_hours_of_the_organisation_and_of_a_department() -> None:
    ours = OfficeHours.objects.create(country="NL")
    OfficeSpan.objects.create(hours=ours, weekday=1, start=time(9), end=time())
    OfficeSpan.objects.create(hours=ours, weekday=0, start=time(9), end=time(17))
    OfficeBreak.objects.create(hours=ours, weekday=0, start=time(12), end=time(13))
    sales = Department.objects.create(name="Sales")
    theirs = OfficeHours.objects.create(department=sales, time_zone="America/New_York", closed_until=NOW)
    organisation, own = directory.load_hours()
    assert organisation.spans == (Span(0, time(9), time(17)), Span(1, time(9), time()))
    assert organisation.breaks == (Span(0, time(12), time(13)),)
    assert organisation.holidays[date(2026, 12, 25)] == "Eerste kerstdag"
    assert own == {sales.pk: directory.hours_of(theirs)}
    assert own[sales.pk].zone == "America/New_York"
    assert not own[sales.pk].holidays


def test_special_days_close_and_open() -> None:
    ours = OfficeHours.objects.create(country="NL")
    OwnHoliday.objects.create(hours=ours, day=date(2026, 12, 31), name="Stocktaking")
    OwnHoliday.objects.create(hours=ours, day=date(2027, 3, 26), name="Good Friday", closed=False)
    organisation, _own = directory.load_hours()
    assert organisation.holidays[date(2026, 12, 31)] == "Stocktaking"
    assert date(2027, 3, 26) not in organisation.holidays
    assert date(2027, 3, 26) in calendar.public_holidays("NL", "", 2026)


def test_a_region_has_days_of_its_own() -> None:
    epiphany = date(2027, 1, 6)
    assert epiphany in calendar.public_holidays("DE", "BY", 2026)
    assert epiphany not in calendar.public_holidays("DE", "HH", 2026)
    assert epiphany not in calendar.public_holidays("DE", "", 2026)


def test_holidays_are_known_for_years_to_come() -> None:
    days = calendar.public_holidays("NL", "", 2026)
    assert {day.year for day in days} == {2025, 2026, 2027, 2028, 2029}


def test_what_the_calendar_forgot_since_closes_nothing() -> None:
    assert not calendar.public_holidays("XX", "", 2026)
    assert not calendar.public_holidays("NL", "Nowhere", 2026)


def test_a_hundred_departments_cost_as_many_queries_as_one() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            directory.load_hours()
        return len(queries)

    for index in range(2):
        OfficeHours.objects.create(department=Department.objects.create(name=f"A{index}"), country="NL")
    few = cost()
    for index in range(100):
        OfficeHours.objects.create(department=Department.objects.create(name=f"B{index}"), country="NL")
    assert cost() == few <= 4


def test_there_is_one_organisation() -> None:
    OfficeHours.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHours.objects.create()
    with pytest.raises(ValidationError):
        OfficeHours().full_clean()


@pytest.mark.parametrize(
    ("country", "region", "field"),
    [
        ("XX", "", "country"),
        ("N", "", "country"),
        ("NL", "BY", "region"),
        ("", "BY", "region"),
        ("LU", "L", "region"),
    ],
)
def test_a_calendar_that_does_not_exist_is_refused(country: str, region: str, field: str) -> None:
    with pytest.raises(ValidationError) as error:
        OfficeHours(country=country, region=region).full_clean()
    assert list(error.value.message_dict) == [field]


def test_a_time_zone_that_this_machine_does_not_know_stops_no_call(settings: Any) -> None:
    OfficeHours.objects.create(time_zone="Mars/Olympus")
    assert directory.load_hours()[0].zone == settings.TIME_ZONE
    assert look(directory.load_hours()[0], NOW).open


def test_capitals_do_not_matter() -> None:
    hours = OfficeHours(country="nl")
    hours.full_clean()
    assert hours.country == "NL"
