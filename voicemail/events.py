"""What is told of mailboxes."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class MailboxEvent(TypedDict):
    """How many messages there are in my mailbox."""

    kind: Literal["mailbox"]
    extension: str
    new: int
    old: int


def mailbox_changed(extension: str, new: int, old: int) -> MailboxEvent:
    """How many messages there are now."""
    return {"kind": "mailbox", "extension": extension, "new": new, "old": old}
