"""Who waits in which parking slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from live.events import Slot


def parked(calls: Sequence[dict[str, Any]]) -> list[Slot]:
    """The parking slots in use; they are everybody's."""
    slots: list[Slot] = []
    for call in calls:
        if call.get("slot") and call["ended"] is None:
            waiting = next((one for one in call.get("parties", ()) if one["state"] == "parked"), None)
            number, name = (
                (waiting["number"], waiting["name"]) if waiting else (call["caller"], call["caller_name"])
            )
            slots.append({"slot": call["slot"], "call": call["id"], "number": number, "name": name})
    return sorted(slots, key=lambda slot: slot["slot"])
