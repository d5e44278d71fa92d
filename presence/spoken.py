"""What is heard when a status is set by telephone: prompt -> English text, which gettext translates."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

PROMPTS = {
    "status_available": pgettext_lazy("spoken", "You are available now."),
    "status_away": pgettext_lazy("spoken", "Your status is now: away."),
    "status_dnd": pgettext_lazy("spoken", "Your status is now: do not disturb."),
    "status_lunch": pgettext_lazy("spoken", "Your status is now: lunch."),
    "status_holiday": pgettext_lazy("spoken", "Your status is now: holiday."),
    "status_not_set": pgettext_lazy("spoken", "Your status cannot be changed at the moment."),
}
