"""What routing knows of speed dials."""

from __future__ import annotations

from collections.abc import Mapping

from speeddial.models import SpeedDial
from telephony.routing.directory import Directory

ROOM = "speeddial"
#: The number of an extension -> position -> number.
SpeedDials = Mapping[str, Mapping[int, str]]


def load_speed_dials() -> SpeedDials:
    """Those of everybody who has an extension; one query."""
    found: dict[str, dict[int, str]] = {}
    for extension, position, number in SpeedDial.objects.filter(user__extension__enabled=True).values_list(
        "user__extension__number", "position", "number"
    ):
        found.setdefault(extension, {})[position] = number
    return found


def stored(directory: Directory, extension: str, position: int) -> str:
    """The number that an extension has at a position, or nothing."""
    speed_dials: SpeedDials = directory.rooms.get(ROOM, {})
    return speed_dials.get(extension, {}).get(position, "")
