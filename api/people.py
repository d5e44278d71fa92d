"""Team: everybody with status and line, in one answer, whatever the size; one's favourites."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from accounts.models import Favourite, User
from api.access import number_of, user_of
from api.conditional import unless_known
from api.errors import Unknown
from api.shapes import ExtensionNumber
from telephony import live
from telephony.events import LineState, Person
from telephony.models import Extension

router = Router(tags=["team"])

COLUMNS = (
    *("number", "name", "lamp_private", "user__picture", "department__name"),
    *("presence__status", "presence__until", "presence__message", "presence__message_ends"),
)


def people(viewer: str = "", only: str = "") -> list[Person]:
    """Everybody in use by number (or `only` that one) as `viewer` sees them: one query, and one look at Redis.

    Raises redis.RedisError when Redis is away.
    """
    lines, now = live.lines(), timezone.now()
    rows = Extension.objects.filter(enabled=True).order_by("number").values(*COLUMNS)
    return [_person(row, lines, now, viewer) for row in (rows.filter(number=only) if only else rows)]


def _person(row: dict[str, Any], lines: dict[str, str], now: datetime.datetime, viewer: str) -> Person:
    until = row["presence__until"]
    over = until is not None and until <= now
    line = lines.get(row["number"], "idle")
    hidden = row["lamp_private"] and row["number"] != viewer
    state: LineState = "idle" if hidden or line not in ("ringing", "busy") else line  # type: ignore[assignment]
    return {
        "extension": row["number"],
        "name": row["name"],
        "department": row["department__name"] or "",
        "picture": picture_url(row["user__picture"]),
        "status": "available" if over else (row["presence__status"] or "available"),
        "until": None if until is None or over else until.isoformat(),
        "message": "" if over and row["presence__message_ends"] else row["presence__message"] or "",
        "line": state,
    }


def picture_url(picture: str | None) -> str:
    """Where a picture is read; another picture has another address, so that it can be kept for long."""
    return f"/api/v1/pictures/{picture}" if picture else ""


def favourites_of(user: User) -> list[str]:
    """The numbers of a user's favourites, in the order in which they were made."""
    return list(user.favourites.filter(extension__enabled=True).values_list("extension__number", flat=True))


def private_extensions() -> frozenset[str]:
    """The extensions that nobody else sees being on a call."""
    return frozenset(Extension.objects.filter(lamp_private=True).values_list("number", flat=True))


@router.get("/people", response=list[Person], summary="The whole team")
def list_people(request: HttpRequest) -> HttpResponse:
    return unless_known(request, people(number_of(user_of(request))))


@router.put("/people/{extension}/favourite", response=list[str], summary="Make somebody a favourite")
def put_favourite(request: HttpRequest, extension: ExtensionNumber) -> list[str]:
    return do_add_favourite(user_of(request), _known(extension))


@router.delete("/people/{extension}/favourite", response=list[str], summary="No longer a favourite")
def delete_favourite(request: HttpRequest, extension: ExtensionNumber) -> list[str]:
    return do_remove_favourite(user_of(request), _known(extension))


def _known(number: str) -> Extension:
    found = Extension.objects.filter(number=number, enabled=True).first()
    if found is None:
        raise Unknown
    return found


def do_add_favourite(user: User, extension: Extension) -> list[str]:
    """See this colleague first from now on; all favourites."""
    Favourite.objects.get_or_create(user=user, extension=extension)
    return _tell_favourites(user)


def do_remove_favourite(user: User, extension: Extension) -> list[str]:
    """Not first any more; all favourites."""
    Favourite.objects.filter(user=user, extension=extension).delete()
    return _tell_favourites(user)


def _tell_favourites(user: User) -> list[str]:
    favourites = favourites_of(user)
    news = {"kind": "favourites", "favourites": favourites}
    transaction.on_commit(lambda: live.publish(news, user=user.pk))
    return favourites
