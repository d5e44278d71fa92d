"""The administration's navigation, made of what features hand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from telephony import features
from telephony.features import MenuEntry


def may(permission: str) -> Callable[[HttpRequest], bool]:
    """A test of the asking person."""
    return lambda request: request.user.has_perm(permission)


# Key of a section -> its title, in the order of the navigation; whether it can be folded.
SECTIONS: dict[str, tuple[Any, bool]] = {
    "now": (_("Now"), False),
    "people": (_("People"), False),
    "sign_in": (_("Signing in"), True),
    "telephony": (_("Telephony"), False),
    "recordings": (_("Recordings"), False),
    "voicemail": (_("Voicemail"), False),
}


def navigation(_request: HttpRequest) -> list[dict[str, Any]]:
    """The menu beside the pages: the overview, and what features hand in."""
    entries = [entry for feature in features.every() for entry in feature.menu]
    overview = {"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")}
    sections: list[dict[str, Any]] = [{"items": [overview]}]
    for key, (title, collapsible) in SECTIONS.items():
        mine = sorted((entry for entry in entries if entry.section == key), key=lambda entry: entry.place)
        sections.append(
            {"title": title, "collapsible": collapsible, "items": [_line(entry) for entry in mine]}
        )
    return sections


def _line(entry: MenuEntry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "icon": entry.icon,
        "link": reverse_lazy(f"admin:{entry.app}_{entry.model}_changelist"),
        "permission": may(f"{entry.app}.view_{entry.model}"),
    }
