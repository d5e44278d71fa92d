"""Office hours from the database, as `telephony.hours` looks at them, with the public holidays filled in."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import holidays
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES

from telephony.hours import Hours, Span, SpanLike

if TYPE_CHECKING:
    from telephony.models import OfficeHours

# Years around now whose holidays are known: a directory may be held for long, and a simulation look ahead.
PAST, FUTURE = 1, 3


@lru_cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """Every country of the calendar (ISO 3166-1 alpha-2) with its regions."""
    found = holidays.list_supported_countries(include_aliases=False)
    return MappingProxyType({code: tuple(regions) for code, regions in sorted(found.items())})


@lru_cache
def country_names() -> Mapping[str, str]:
    """Country -> its English name, in the order of the names."""
    names = {codes[1]: name for name, codes in COUNTRIES.items()}
    found = ((code, names.get(code, code).replace("_", " ").title()) for code in countries())
    return MappingProxyType(dict(sorted(found, key=lambda pair: pair[1])))


@lru_cache
def zones() -> tuple[str, ...]:
    """Every time zone that is a place, and UTC."""
    places = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")


@lru_cache
def is_zone(name: str) -> bool:
    """Whether this machine knows the time zone; what was entered on another one must not stop a call here."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def check_calendar(country: str, region: str) -> None:
    """Raise ValidationError at the field when the calendar of public holidays does not know these."""
    if country and country not in countries():
        raise ValidationError({"country": _("No public holidays are known of %(code)s.") % {"code": country}})
    if region and not country:
        raise ValidationError({"region": _("Choose the country, too.")})
    if region and region not in countries()[country]:
        known = ", ".join(countries()[country])
        raise ValidationError(
            {
                "region": _("Regions of this country: %(known)s.") % {"known": known}
                if known
                else _("This country's regions do not differ.")
            }
        )


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, year: int) -> Mapping[datetime.date, str]:
    """The public holidays of some years around `year`, named in the exchange's language where that is known."""
    if country not in countries() or (region and region not in countries()[country]):
        return MappingProxyType({})
    kind = getattr(holidays, country)
    wanted = settings.LANGUAGE_CODE.partition("-")[0]
    spoken = [name for name in kind.supported_languages if name.partition("_")[0] == wanted]
    found = holidays.country_holidays(
        country,
        subdiv=region or None,
        years=range(year - PAST, year + FUTURE + 1),
        expand=False,
        language=spoken[0] if spoken else None,
    )
    return MappingProxyType(dict(found.items()))


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
    from telephony.models import OfficeHours

    organisation, own = always_open(), {}
    for row in OfficeHours.objects.order_by().prefetch_related("spans", "breaks", "own_holidays"):
        if row.department_id is None:
            organisation = hours_of(row)
        else:
            own[row.department_id] = hours_of(row)
    return organisation, own
