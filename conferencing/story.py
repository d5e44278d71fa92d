"""Steps of a call that becomes a conference."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    "fetch_add": _("{who} asked {number} to join."),
    "joined": _("{who} joined the call."),
    "not_joined": _("{who} did not join ({why})."),
    "dropped": _("{who} took {number} out of the call."),
}
