"""What is told of statuses."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, cast

from typing_extensions import TypedDict

from live.events import PresenceKind, StatusName

if TYPE_CHECKING:
    from presence.models import Presence


class PresenceEvent(TypedDict):
    """Somebody's status."""

    kind: PresenceKind
    extension: str
    status: StatusName
    until: str | None
    message: str


def presence_changed(row: Presence) -> PresenceEvent:
    """The status that holds now."""
    return {
        "kind": "presence",
        "extension": row.extension.number,
        "status": cast(StatusName, row.status),
        "until": row.until.astimezone(datetime.UTC).isoformat() if row.until else None,
        "message": row.message,
    }
