"""Destinations as the administration and people enter them: the kinds, and whether one leads somewhere."""

from __future__ import annotations

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.extensions import numbering
from telephony.routing.destination import OUTSIDE
from telephony.routing.phone_numbers import clean

TARGET_LENGTH = 21  # characters of the longest target


class Kind(models.TextChoices):
    """The kinds of destination."""

    VOICEMAIL = "voicemail", gettext_lazy("voicemail")  # target: whose mailbox; "" for the callee's own
    EXTENSION = "extension", gettext_lazy("extension")  # target: its number
    MOBILE = "mobile", gettext_lazy("my mobile")  # no target: the callee's own mobile
    OUTSIDE = "outside", gettext_lazy("external number")  # target: a telephone number
    SYSTEM = (
        "system",
        gettext_lazy("system extension"),
    )  # target: number of a ring group, department, receptionist
    BUSY = "busy", gettext_lazy("busy tone")  # no target


def check(kind: str, target: str, field: str = "target") -> None:
    """Raise ValidationError at `field` when this leads nowhere."""
    problem = _problem(kind, target)
    if problem:
        raise ValidationError({field: problem})


def _problem(kind: str, target: str) -> str:
    """What is wrong, or "". One or two queries."""
    extensions = apps.get_model("telephony.Extension")._default_manager
    if kind not in Kind.values:
        return _("Choose where the call goes.")
    if kind in (Kind.MOBILE, Kind.BUSY):
        return _("Leave this empty.") if target else ""
    if kind == Kind.VOICEMAIL:
        if target and not extensions.filter(number=target, enabled=True, mailbox__enabled=True).exists():
            return _("%(number)s has no voicemail.") % {"number": target}
        return ""
    if not target:
        return _("Enter a number.")
    if kind == Kind.EXTENSION:
        if not extensions.filter(number=target, enabled=True).exists():
            return _("There is no extension %(number)s.") % {"number": target}
    elif kind == Kind.SYSTEM:
        if not numbering.system_exists(target):
            return _("There is no ring group, department or receptionist %(number)s.") % {"number": target}
    elif not OUTSIDE.fullmatch(clean(target)):
        return _("%(number)s is not a telephone number.") % {"number": target}
    return ""
