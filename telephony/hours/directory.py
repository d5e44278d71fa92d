"""Office hours from the database, frozen for `telephony.routing.opening`, with the public holidays filled in."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from django.conf import settings
from django.utils import timezone

from telephony.hours.calendar import public_holidays
from telephony.hours.models import OfficeHours
from telephony.routing.opening import Hours, Span, SpanLike, is_zone


def spans_of(rows: Iterable[SpanLike]) -> tuple[Span, ...]:
    """Rows of weekly hours, frozen and in order."""
    spans = (Span(row.weekday, row.start, row.end) for row in rows)
    return tuple(sorted(spans, key=lambda span: (span.weekday, span.start)))


def always_open() -> Hours:
    """What holds for an organisation that set no hours."""
    return Hours(zone=settings.TIME_ZONE)


def hours_of(row: OfficeHours) -> Hours:
    """Freeze a row; reads nothing when its spans, breaks and own holidays are prefetched."""
    days = dict(public_holidays(row.country, row.region, timezone.now().year)) if row.country else {}
    for own in row.own_holidays.all():
        if own.closed:
            days[own.day] = own.name
        else:
            days.pop(own.day, None)
    return Hours(
        zone=row.time_zone if is_zone(row.time_zone) else settings.TIME_ZONE,
        spans=spans_of(row.spans.all()),
        breaks=spans_of(row.breaks.all()),
        holidays=MappingProxyType(days),
        closed_until=row.closed_until,
    )


def load_hours() -> tuple[Hours, dict[int, Hours]]:
    """The organisation's hours, and by id of department those of departments that keep their own: four queries."""
    organisation, own = always_open(), {}
    for row in OfficeHours.objects.order_by().prefetch_related("spans", "breaks", "own_holidays"):
        if row.department_id is None:
            organisation = hours_of(row)
        else:
            own[row.department_id] = hours_of(row)
    return organisation, own
