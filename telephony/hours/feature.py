"""Office hours and holidays."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from telephony.features import Feature, MenuEntry
from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday

FEATURE = Feature(
    "hours",
    watched=(OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday),
    menu=(MenuEntry("telephony", _("Office hours"), "schedule", "telephony", "officehours", 70),),
)
