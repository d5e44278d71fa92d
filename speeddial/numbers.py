"""Which numbers can stand behind a speed dial."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from telephony.extensions import numbering
from telephony.routing import phone_numbers
from telephony.routing.destination import OUTSIDE


def as_speed_dial(text: str) -> str:
    """The number as it is dialled: an internal one, a telephone number, or one to call for help.

    Raises ValidationError for anything else.
    """
    number = phone_numbers.clean(text.strip())
    if phone_numbers.is_dialable(number) and (
        phone_numbers.emergency(number, settings.COUNTRY) or numbering.exists(number) or _is_outside(number)
    ):
        return number
    raise ValidationError(
        _("%(number)s is no internal number and no telephone number.") % {"number": text.strip()}
    )


def _is_outside(number: str) -> bool:
    if not OUTSIDE.fullmatch(number):
        return False
    found = phone_numbers.read(number, settings.COUNTRY)
    return bool(found.e164 or found.region)
