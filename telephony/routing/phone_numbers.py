"""Telephone numbers as people write and dial them, and what is known about them (phonenumberslite).

Everything here is pure and quick enough for the engine's thread (some 50 µs a number, remembered for the last ones).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ShortNumberCost

SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]")
DIALABLE = re.compile(r"\+?[0-9]{1,32}")
EVERYWHERE = ("112", "911")
REMEMBERED = 4096
# Global numbers without a country (ITU-T E.164.1): satellites and networks that are nowhere, and premium rate.
SATELLITE = frozenset({870, 878, 881, 882, 883, 888})
WORLDWIDE_FREE = 800
LONGEST_HELP = 9  # characters of an emergency number with + and country code
NOWHERE = "001"  # the region that phonenumberslite gives them
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)
SHORTEST_PREMIUM = 7  # digits
LONGEST_SHORT = 6  # digits of a number that only our own country knows


class NumberFormat:
    """How a provider wants numbers: +31201234567, 31201234567, 0031201234567, 0201234567, or as they were dialled."""

    E164 = "e164"
    DIGITS = "digits"
    INTERNATIONAL = "international"
    NATIONAL = "national"
    DIALLED = "dialled"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be called.

    `dialled` without separators; `e164` with its +, "" for a number that is none outside our own country (1850);
    `region` an ISO code, "" when nobody can say; `worldwide`: free of charge everywhere (+800). With neither `e164`
    nor `region` it is no number.
    """

    dialled: str
    e164: str = ""
    region: str = ""
    premium: bool = False
    satellite: bool = False
    worldwide: bool = False

    @property
    def readable(self) -> str:
        """The best form for a person."""
        return self.e164 or self.dialled


def clean(number: str) -> str:
    """A number without spaces, dashes, dots, brackets, slashes, and without the (0) of +31 (0)20."""
    return SEPARATORS.sub("", number.replace("(0)", "") if number.lstrip().startswith("+") else number)


def is_dialable(number: str) -> bool:
    """Whether this is digits with perhaps a + in front."""
    return DIALABLE.fullmatch(number) is not None


@lru_cache(REMEMBERED)
def emergency(number: str, country: str) -> str:
    """The number to call for help when this one is dialled, or "" when it is no emergency number.

    112 and 911 are understood everywhere, and become the one that the country's networks know. The country's own
    numbers come with phonenumberslite (its short number metadata), also with the country code in front.
    """
    if len(number) > LONGEST_HELP:
        return ""
    code = phonenumbers.country_code_for_region(country)
    local = number.removeprefix(f"+{code}") if code else number
    if local == "911" and code != 1 and _helps("112", country):
        return "112"
    if local == "112" and code == 1:
        return "911"
    return local if local in EVERYWHERE or _helps(local, country) else ""


def _helps(number: str, country: str) -> bool:
    return number.isdecimal() and phonenumbers.is_emergency_number(number, country)


@lru_cache(8)
def emergency_numbers(country: str) -> frozenset[str]:
    """Numbers of up to four digits that must never belong to anything inside the exchange."""
    return frozenset(str(number) for number in range(10, 2000) if _helps(str(number), country)) | {
        *EVERYWHERE
    }


@lru_cache(REMEMBERED)
def read(number: str, country: str) -> Number:
    """What `number` (cleaned) is for somebody in this country."""
    parsed = _parse(number, country)
    if parsed is None:
        short = number.isdecimal() and len(number) <= LONGEST_SHORT
        return Number(number, region=country if short else "", premium=_costs_extra(number, country))
    if _hides(parsed):
        return Number(number)
    code = parsed.country_code or 0
    region = phonenumbers.region_code_for_number(parsed) or ""
    return Number(
        number,
        phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        "" if region == NOWHERE else region,
        premium=_is_premium(parsed),
        satellite=code in SATELLITE,
        worldwide=code == WORLDWIDE_FREE,
    )


def international(number: str, country: str) -> str:
    """`number` as +31201234567, or as it is when it has no such form (extensions, 1850, "anonymous")."""
    cleaned = clean(number)
    return (read(cleaned, country).e164 or cleaned) if is_dialable(cleaned) else number


def written(number: Number, form: str, country: str) -> str:
    """A number in one of the forms of `NumberFormat`; what has no international form stays as dialled."""
    if not number.e164:
        return number.dialled
    if form == NumberFormat.DIALLED:
        # 201234567 would be Amsterdam here and Egypt to a provider that takes all numbers for international ones.
        clear = number.dialled.startswith(("+", "0")) or _national_prefix(country) != "0"
        return number.dialled if clear or len(number.dialled) <= LONGEST_SHORT else number.e164
    if form == NumberFormat.DIGITS:
        return number.e164[1:]
    if form == NumberFormat.NATIONAL and number.region == country:
        return _national(number.e164, country)
    return (
        "00" + number.e164[1:] if form in (NumberFormat.INTERNATIONAL, NumberFormat.NATIONAL) else number.e164
    )


def read_back(sent: str, form: str, country: str) -> Number:
    """What a provider makes of a number that was `written` for it: it knows nothing of what was dialled."""
    if form == NumberFormat.DIGITS:
        return read("+" + sent, country)
    if form in (NumberFormat.INTERNATIONAL, NumberFormat.NATIONAL) and sent.startswith("00"):
        return read("+" + sent[2:], country)
    return read(sent, country)


def _national(e164: str, country: str) -> str:
    parsed = phonenumbers.parse(e164)
    if phonenumbers.is_valid_number(parsed):
        return re.sub(r"[^0-9]", "", phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    return _national_prefix(country) + phonenumbers.national_significant_number(parsed)


def _national_prefix(country: str) -> str:
    return phonenumbers.ndd_prefix_for_region(country, True) or ""


def same(one: str, other: str, country: str) -> bool:
    """Whether two ways of writing mean the same number."""
    return international(one, country) == international(other, country)


def _parse(number: str, country: str) -> phonenumbers.PhoneNumber | None:
    """The number if it can be one that others dial, too; a short one of our own country is none."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if number.startswith("+"):
        return parsed
    if phonenumbers.is_possible_number(parsed) and not (
        len(number) <= LONGEST_SHORT and _is_short(number, country)
    ):
        return parsed
    # Longer than any number of ours: providers may ignore the rest, so it counts as what it begins with.
    return parsed if len(number) > 9 else None


def _hides(number: phonenumbers.PhoneNumber) -> bool:
    """Whether zeros in front hide another number: 000442071234567, written nationally, is 00442071234567."""
    zeros = phonenumbers.national_significant_number(number).startswith("0")
    return zeros and not phonenumbers.is_valid_number(number)


def _is_short(number: str, country: str) -> bool:
    """1850, 14020: numbers without an area code, which have no international form."""
    short = phonenumbers.parse(number, country)
    return not number.startswith("0") and phonenumbers.is_valid_short_number_for_region(short, country)


def _costs_extra(number: str, country: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.expected_cost_for_region(parsed, country) == ShortNumberCost.PREMIUM_RATE


def _is_premium(number: phonenumbers.PhoneNumber) -> bool:
    """Also with digits behind it: an exchange may stop listening once a number is complete."""
    if phonenumbers.is_valid_number(number):
        return phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE
    text = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    for length in range(len(text) - 1, SHORTEST_PREMIUM, -1):
        begin = phonenumbers.parse(text[:length])
        if phonenumbers.is_valid_number(begin):
            return phonenumbers.number_type(begin) == PhoneNumberType.PREMIUM_RATE
    return False
