"""Is every process well? Each one is asked something that only a working one can answer."""

from __future__ import annotations

from typing import TypedDict


class Health(TypedDict):
    """`detail` is a short text for a person."""

    ok: bool
    detail: str


def check_processes() -> dict[str, Health]:
    """The health of each process by name."""
    return {}
