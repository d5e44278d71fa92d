"""The five statuses: their colours, their codes on a desk phone, and until when one holds."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What somebody says of themselves. "On a call" is none of these: it is seen in the live legs."""

    AVAILABLE = "available", _("Available")
    AWAY = "away", _("Away")
    DND = "dnd", _("Do not disturb")
    LUNCH = "lunch", _("Lunch")
    HOLIDAY = "holiday", _("Holiday")


# Each stands out on white and on dark grey; the name is always beside it, for who sees no colours.
COLOURS = {
    Status.AVAILABLE: "#2fb344",
    Status.AWAY: "#f76707",
    Status.DND: "#d63939",
    Status.LUNCH: "#7bd88a",
    Status.HOLIDAY: "#f08c8c",
}
ON_A_CALL = "#f5c211"

CODES = {
    "*30": Status.AVAILABLE,
    "*31": Status.AWAY,
    "*32": Status.DND,
    "*33": Status.LUNCH,
    "*34": Status.HOLIDAY,
}

# Outside office hours a caller may be sent straight to voicemail in these.
CLOSABLE = frozenset({Status.AWAY, Status.DND, Status.HOLIDAY})


def effective(status: str, until: datetime.datetime | None, at: datetime.datetime) -> str:
    """The status that holds at `at` (both aware): a temporary one is over from the second `until` on."""
    if until is not None and until <= at:
        return Status.AVAILABLE.value
    return status
