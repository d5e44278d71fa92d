"""Telephone numbers as people enter them, checked and in one form."""

from __future__ import annotations

import re

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from telephony.routing.phone_numbers import clean

ANONYMOUS = "anonymous"
INTERNAL = re.compile(r"[1-9][0-9]{1,5}")
PREFIX = re.compile(r"\+?[0-9]{0,15}\*")


def as_outside_number(text: str) -> str:
    """A telephone number in E.164, such as +31612345678; one without + is read as of this country.

    Raises ValidationError when nobody can have such a number.
    """
    wrong = ValidationError(_("%(number)s is not a telephone number.") % {"number": text.strip()})
    try:
        number = phonenumbers.parse(text.strip(), settings.COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise wrong from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise wrong
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def as_caller(text: str) -> str:
    """The caller of a rule: "", an extension, a telephone number in E.164, a beginning with * or "anonymous".

    Raises ValidationError for anything else.
    """
    caller = clean(text)
    if not caller or caller == "*":
        return ""
    if caller.lower() == ANONYMOUS:
        return ANONYMOUS
    if INTERNAL.fullmatch(caller):
        return caller
    if caller.endswith("*"):
        if not PREFIX.fullmatch(caller):
            raise ValidationError(_("Only digits before the *, with a + in front if international."))
        return _international(caller)
    return as_outside_number(text)


def _international(prefix: str) -> str:
    """00… and 0… as the numbers of callers are compared: from their country on."""
    if prefix.startswith("00"):
        return "+" + prefix[2:]
    if prefix.startswith("0") and (code := phonenumbers.country_code_for_region(settings.COUNTRY)):
        return f"+{code}{prefix[1:]}"
    return prefix
