"""Callers compared with what rules say: 020 123 45 67 and +31201234567 are one and the same in the Netherlands."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from telephony.routing import phone_numbers

ANONYMOUS = frozenset({"", "anonymous", "unavailable", "restricted", "unknown"})


def means(pattern: str, caller: str, country: str, *, outside: bool) -> bool:
    """Whether a rule for `pattern` is for this caller: a number, a prefix that ends in *, or "anonymous".

    An `outside` caller may claim to be 101 and is no colleague for it: only an international number counts.
    """
    if pattern == "anonymous":
        return caller.lower() in ANONYMOUS
    if not caller:
        return False
    if outside and pattern != "*" and not phone_numbers.international(caller, country).startswith("+"):
        return False
    if pattern.endswith("*"):
        return phone_numbers.international(caller, country).startswith(_prefix(pattern, country))
    return phone_numbers.same(pattern, caller, country)


@lru_cache(maxsize=4096)
def _prefix(pattern: str, country: str) -> str:
    """The beginning that 020* or 003120* or +3120* or 1* asks for, as `dialling.international` writes it."""
    start = phone_numbers.clean(pattern[:-1])
    if start.startswith("00"):
        return "+" + start[2:]
    if start.startswith("0"):
        return f"+{phonenumbers.country_code_for_region(country)}{start[1:]}"
    return start
