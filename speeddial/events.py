"""What is told of speed dials."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class SpeedDialEntry(TypedDict):
    """A number that I call by *0 and its position."""

    position: int
    number: str
    label: str


class SpeedDialsEvent(TypedDict):
    """All of my speed dials, by position."""

    kind: Literal["speed_dials"]
    speed_dials: list[SpeedDialEntry]


def speed_dials_changed(speed_dials: list[SpeedDialEntry]) -> SpeedDialsEvent:
    """For the user whose speed dials they are."""
    return {"kind": "speed_dials", "speed_dials": speed_dials}
