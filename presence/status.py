"""The five statuses, and their codes on a desk phone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What somebody says of themselves. "On a call" is none of these: it is seen in the live legs."""

    AVAILABLE = "available", _("Available")
    AWAY = "away", _("Away")
    DND = "dnd", _("Do not disturb")
    LUNCH = "lunch", _("Lunch")
    HOLIDAY = "holiday", _("Holiday")


CODES = {
    "*30": Status.AVAILABLE,
    "*31": Status.AWAY,
    "*32": Status.DND,
    "*33": Status.LUNCH,
    "*34": Status.HOLIDAY,
}
