"""What a field of the telephony models may hold; each raises ValidationError."""

from __future__ import annotations

import ipaddress
import re

from cryptography import x509
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from telephony.routing import opening, phone_numbers

extension_number = RegexValidator(
    r"^[1-9][0-9]{1,5}$", _("An extension is 2 to 6 digits and does not start with 0.")
)


device_username = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$", _("Use letters, digits, dots and dashes only.")
)


host_name = RegexValidator(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", _("A host name or an IPv4 address."))


digits_only = RegexValidator(r"^\+?[0-9]*$", _("Digits only, with a + in front if international."))


quiet_text = RegexValidator(r'^[^\s"<>;,\\|]*$', _("No spaces, quotes or brackets."))


def outside_number(number: str) -> None:
    """Raise ValidationError unless this can be a telephone number."""
    if not re.fullmatch(r"\+?[0-9]{3,20}", phone_numbers.clean(number)):
        raise ValidationError(_("Digits only, with a + in front if international."))


def further_addresses(text: str) -> None:
    """Raise ValidationError unless this is a list of addresses as in `Trunk.addresses`."""
    for word in re.split(r"[\s,]+", text.strip()):
        if not word:
            continue
        try:
            ipaddress.ip_network(word, strict=False)
            continue
        except ValueError:
            pass
        host, _colon, port = word.partition(":")
        try:
            host_name(host)
        except ValidationError as error:
            raise ValidationError(_("%(word)s is no address.") % {"word": word}) from error
        if _colon and not (port.isdecimal() and 0 < int(port) < 65536):
            raise ValidationError(_("%(word)s has no port that exists.") % {"word": word})


def certificates(text: str) -> None:
    """Raise ValidationError unless these are certificates in PEM."""
    try:
        x509.load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise ValidationError(_("No certificate in PEM form.")) from error


def default_zone() -> str:
    """The exchange's own time zone."""
    return settings.TIME_ZONE


def check_zone(name: str) -> None:
    """Raise ValidationError when `name` is no time zone."""

    if not opening.is_zone(name):
        raise ValidationError(_("%(name)s is no time zone; Europe/Amsterdam is one.") % {"name": name})


def country_codes(text: str) -> None:
    """Raise ValidationError unless these are ISO codes of countries that can be called."""
    for code in re.split(r"[\s,]+", text.strip().upper()):
        if code and code not in phone_numbers.COUNTRIES:
            raise ValidationError(
                _("%(code)s is no country; NL, BE and DE are some.") % {"code": code}, code="country"
            )
