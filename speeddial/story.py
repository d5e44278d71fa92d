"""Steps of a call that speed dials decide."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    "speed_dial": _("Speed dial {position} of {extension} is {number}."),
    "speed_dial_empty": _("{extension} has no number at speed dial {position}."),
}
