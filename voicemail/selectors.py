"""Reads of mailboxes that more than one place needs."""

from __future__ import annotations

from django.db.models import Count, Q

from voicemail.models import Mailbox, Message


def counts() -> dict[str, tuple[int, int]]:
    """Extension -> (new, heard) messages, for every mailbox in use; one query."""
    rows = (
        Mailbox.objects.filter(enabled=True, extension__enabled=True)
        .values_list("extension__number")
        .annotate(new=Count("messages", filter=Q(messages__heard=None)), total=Count("messages"))
    )
    return {number: (new, total - new) for number, new, total in rows}


def count(extension: str) -> tuple[int, int]:
    """(new, heard) messages in one mailbox."""
    found = Message.objects.filter(mailbox__extension__number=extension).aggregate(
        new=Count("id", filter=Q(heard=None)), total=Count("id")
    )
    return found["new"], found["total"] - found["new"]


def find_mailbox(extension: str) -> Mailbox | None:
    """The mailbox of an extension, if it is in use."""
    return (
        Mailbox.objects.select_related("extension__user")
        .filter(extension__number=extension, extension__enabled=True, enabled=True)
        .first()
    )
