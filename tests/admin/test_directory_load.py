"""The directory is read whole, in the same number of queries for ten people as for a thousand."""

from __future__ import annotations

import datetime
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan
from telephony import directory
from telephony.extensions.models import Department, Extension, RingGroup, RingGroupMember
from telephony.hours.models import OfficeHours, OfficeSpan
from telephony.routing.destination import Destination
from telephony.routing.opening import Span
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db

NINE, FIVE = datetime.time(9), datetime.time(17)


def people(first: int, count: int) -> None:
    """Extensions that use everything that can be set."""
    department = Department.objects.get_or_create(name="Verkoop", number="800")[0]
    rows = Extension.objects.bulk_create(
        Extension(number=str(first + index), name=f"Person {index}", department=department)
        for index in range(count)
    )
    Mailbox.objects.bulk_create(Mailbox(extension=row, pin="x") for row in rows)
    Presence.objects.bulk_create(
        Presence(extension=row, status="away", own_hours=True, mobile="+31612345678") for row in rows
    )
    WorkingSpan.objects.bulk_create(
        WorkingSpan(extension=row, weekday=day, start=NINE, end=FIVE) for row in rows for day in (0, 1)
    )
    Forwarding.objects.bulk_create(
        Forwarding(extension=row, status=status, source="external", case="always", kind="busy")
        for row in rows
        for status in ("away", "dnd", "lunch", "holiday")
    )
    ForwardingException.objects.bulk_create(
        ForwardingException(extension=row, caller="+3120*", kind="extension", target=str(first))
        for row in rows
    )
    group = RingGroup.objects.create(number=f"9{first}", name=f"Group {first}")
    RingGroupMember.objects.bulk_create(RingGroupMember(group=group, extension=row) for row in rows[:20])


def queries() -> int:
    with CaptureQueriesContext(connection) as asked:
        directory.load()
    return len(asked)


def test_the_number_of_queries_does_not_depend_on_the_size() -> None:
    people(1000, 2)
    few = queries()
    people(2000, 30)
    assert queries() == few
    assert few <= 30


def test_a_thousand_people_are_read_in_a_moment() -> None:
    people(1000, 1000)
    directory.load()
    began = time.process_time()
    assert len(directory.load().extensions) == 1000
    # CPU time of this process: 0.08 s on an idle machine.
    assert time.process_time() - began < 0.5


def test_what_somebody_set_is_in_the_directory() -> None:
    people(1000, 1)
    found = directory.load()
    presence = found.presence["1000"]
    assert (presence.status, presence.mobile, presence.closed_to_voicemail) == ("away", "+31612345678", True)
    assert presence.spans == (Span(0, NINE, FIVE), Span(1, NINE, FIVE))
    assert presence.forwardings["away", "external", "always"] == Destination("busy")
    assert presence.exceptions[0].destination == Destination("extension", "1000")
    assert found.departments["800"].members == ("1000",)
    assert found.extensions["1000"].department == "Verkoop"


def test_own_hours_that_are_off_and_exceptions_out_of_use_are_not_in_it() -> None:
    people(1000, 1)
    Presence.objects.update(own_hours=False)
    ForwardingException.objects.update(enabled=False)
    presence = directory.load().presence["1000"]
    assert presence.spans is None
    assert presence.exceptions == ()


def test_a_department_s_own_hours_are_those_of_its_people() -> None:
    people(1000, 1)
    hours = OfficeHours.objects.create(department=Department.objects.get())
    OfficeSpan.objects.create(hours=hours, weekday=0, start=NINE, end=FIVE)
    found = directory.load()
    assert found.extensions["1000"].hours == found.departments["800"].hours
    assert found.departments["800"].hours is not None
    assert found.hours.spans == ()


def test_who_is_out_of_use_is_in_no_part_of_it() -> None:
    people(1000, 3)
    Extension.objects.filter(number="1001").update(enabled=False)
    found = directory.load()
    assert "1001" not in found.extensions
    assert "1001" not in found.presence
    assert "1001" not in found.departments["800"].members
    assert "1001" not in found.groups["91000"].members
