"""What the edge's agent tells of registrations, bans and trunks, and what it hears of mailboxes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NotRequired

from typing_extensions import TypedDict


class RegistrationEvent(TypedDict):
    """My devices that are registered."""

    kind: Literal["registration"]
    extension: str
    devices: list[int]


class RegistrationNews(TypedDict):
    """For the administration's pages: registrations changed, of one extension or of very many."""

    kind: Literal["registration"]
    extension: NotRequired[str]


class MailboxEvent(TypedDict):
    """How many messages there are in my mailbox; it lights the lamp of a phone (MWI)."""

    kind: Literal["mailbox"]
    extension: str
    new: int
    old: int


class BanNews(TypedDict):
    """For the administration's pages: addresses were shut out or let in again."""

    kind: Literal["ban"]


class TrunkNews(TypedDict):
    """For the administration's pages: how a trunk is doing."""

    kind: Literal["trunk"]
    id: int
    name: str
    state: str
    error: str  # in the words of SIP
    since: str


def devices_changed(extension: str, devices: list[int]) -> RegistrationEvent:
    """For the owner of the extension: its devices that are registered now."""
    return {"kind": "registration", "extension": extension, "devices": devices}


def registrations_changed(extension: str = "") -> RegistrationNews:
    """Those of one extension, or of more than are named one by one."""
    return {"kind": "registration", "extension": extension} if extension else {"kind": "registration"}


def mailbox_changed(extension: str, new: int, old: int) -> MailboxEvent:
    """How many messages there are now."""
    return {"kind": "mailbox", "extension": extension, "new": new, "old": old}


def bans_changed() -> BanNews:
    """Which ones is read by those who look."""
    return {"kind": "ban"}


def trunk_changed(trunk: int, name: str, state: str, error: str, since: datetime) -> TrunkNews:
    """How the trunk is doing, `since` when."""
    return {
        "kind": "trunk",
        "id": trunk,
        "name": name,
        "state": state,
        "error": error,
        "since": since.isoformat(timespec="seconds"),
    }
