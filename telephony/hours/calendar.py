"""Countries, time zones and public holidays, as the library `holidays` and the machine know them."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import holidays
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES

# Years around now whose holidays are known: a directory may be held for long, and a simulation look ahead.
PAST = 1


FUTURE = 3


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
