"""My voicemail: who, when, how long; play, download, mark as heard, delete."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponseBase
from django.utils.text import slugify
from django.utils.timezone import localtime
from ninja import Query, Router
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from api.access import extension_of
from api.errors import Unknown
from api.shapes import Id, Input
from pbxsite.http import ranges
from pbxsite.instance import instance
from voicemail.actions import do_delete_message, do_mark_heard
from voicemail.models import Mailbox, Message

router = Router(tags=["voicemail"])


class VoicemailMessage(TypedDict):
    """A message in my mailbox; its sound is at /voicemail/{id}/sound."""

    id: int
    number: str
    name: str
    created: str
    seconds: int
    heard: bool
    call: str  # the call it was left in, "" when unknown


class MessagePage(TypedDict):
    """Newest first. `before` gets the next page; None when there is none."""

    messages: list[VoicemailMessage]
    before: int | None


class MessageFilter(BaseModel):
    """Which part of the list."""

    before: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Heard(Input):
    """What to note of a message."""

    heard: Literal[True]


class SoundWish(BaseModel):
    """How the sound is wanted."""

    download: bool = False


@router.get("/voicemail", response=MessagePage, summary="My messages")
def list_messages(request: HttpRequest, wanted: Query[MessageFilter]) -> MessagePage:
    rows = mailbox_of(request).messages.order_by("-id")
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    page = list(rows[: wanted.limit + 1])
    more = len(page) > wanted.limit
    page = page[: wanted.limit]
    return {"messages": [_shown(row) for row in page], "before": page[-1].pk if more else None}


@router.get("/voicemail/{message_id}/sound", include_in_schema=False)
def get_sound(request: HttpRequest, message_id: Id, wanted: Query[SoundWish]) -> HttpResponseBase:
    message = _mine(request, message_id)
    stamp = f"{localtime(message.created):%Y-%m-%d-%H%M}"
    name = f"voicemail-{stamp}-{slugify(message.caller) or 'unknown'}.wav"
    return ranges.play(request, message.path, instance.voicemail, name, save=wanted.download)


@router.patch("/voicemail/{message_id}", response=VoicemailMessage, summary="Mark as heard")
def patch_message(request: HttpRequest, message_id: Id, given: Heard) -> VoicemailMessage:
    message = _mine(request, message_id)
    do_mark_heard(message)
    return _shown(message)


@router.delete("/voicemail/{message_id}", response={204: None}, summary="Delete a message")
def delete_message(request: HttpRequest, message_id: Id) -> tuple[int, None]:
    do_delete_message(_mine(request, message_id))
    return 204, None


def _mine(request: HttpRequest, message_id: int) -> Message:
    """The message, if it is in the mailbox of the asking user. Raises Unknown."""
    found = mailbox_of(request).messages.filter(pk=message_id).select_related("mailbox__extension").first()
    if found is None:
        raise Unknown
    return found


def _shown(message: Message) -> VoicemailMessage:
    return {
        "id": message.pk,
        "number": message.caller,
        "name": message.caller_name,
        "created": message.created.isoformat(),
        "seconds": round(message.duration / 1000),
        "heard": message.heard is not None,
        "call": message.call_id,
    }


def mailbox_of(request: HttpRequest) -> Mailbox:
    """The mailbox of the asking user. Raises Unknown when they have none."""
    mailbox = Mailbox.objects.filter(extension=extension_of(request), enabled=True).first()
    if mailbox is None:
        raise Unknown
    return mailbox
