"""Team: everybody with status and line, in one answer, whatever the size; one's favourites."""

from __future__ import annotations

import datetime
import json
import threading
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

import live
from accounts.actions import do_add_favourite, do_remove_favourite
from accounts.pictures import picture_url
from api.access import user_of
from api.conditional import Part, unless_known
from api.errors import Unknown
from api.shapes import ExtensionNumber
from live.events import PEOPLE_KINDS, LineState, Person
from telephony.extensions.models import Extension
from telephony.extensions.selectors import number_of

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
    if only:
        rows = rows.filter(number=only)
    return [{**_person(row, now), "line": _line(row, lines, viewer)} for row in rows]  # type: ignore[typeddict-item]


def people_part(viewer: str) -> Part:
    """The same as JSON, ready made: a thousand people are written out once, and then only changed ones."""
    return _written.read(viewer)


class _Written:
    """Everybody as JSON. Shared by the process's threads: one reads, the others wait for it."""

    #: Seconds after which all are read again: a row may be changed without anybody being told.
    LASTING = 5.0
    MOST = 200  # events that are looked through for changed people

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: object = object()
        self.event = ""
        self.until = 0.0
        self.lines: dict[str, str] = {}
        #: By number: their row, and all but their line as JSON that is still open.
        self.people: dict[str, tuple[dict[str, Any], str]] = {}
        self.part = Part("[]")

    def read(self, viewer: str) -> Part:
        """Everybody by number, as `viewer` sees them. Raises redis.RedisError when Redis is away."""
        version, lines = live.team()
        with self.lock:
            now, changed = timezone.now(), version != self.version
            if now.timestamp() >= self.until:
                changed = True
                self.until = now.timestamp() + self.LASTING
                self._load(now, None)
            elif changed:
                self._load(now, self._changed())
            self.version = version
            if changed or lines != self.lines:
                self.lines, self.part = lines, self._write(lines, "")
            row, _text = self.people.get(viewer, ({}, ""))
            if row.get("lamp_private") and viewer in lines:
                return self._write(lines, viewer)  # nobody else sees that one
            return self.part

    def _write(self, lines: dict[str, str], viewer: str) -> Part:
        """The lines change with every call, and are put behind what does not."""
        written = ", ".join(f'{text}"{_line(row, lines, viewer)}"}}' for row, text in self.people.values())
        return Part(f"[{written}]")

    def _changed(self) -> set[str] | None:
        """The people to read again; None for everybody."""
        found: Any = live.client().xrange(live.EVENTS, self.event or "-", "+", count=self.MOST)
        if not found or found[0][0] != self.event or len(found) == self.MOST:
            return None
        events = [json.loads(fields.get("event", "{}")) for _id, fields in found[1:]]
        return {str(one["extension"]) for one in events if one.get("kind") in PEOPLE_KINDS}

    def _load(self, now: datetime.datetime, numbers: set[str] | None) -> None:
        # Before the rows: what changes while they are read is then looked for again.
        self.event = live.last_event()
        rows = Extension.objects.filter(enabled=True)
        kept = {}
        if numbers is not None:
            rows = rows.filter(number__in=numbers)
            kept = {number: one for number, one in self.people.items() if number not in numbers}
        new = {}
        for row in rows.values(*COLUMNS):
            new[row["number"]] = row, f'{json.dumps(_person(row, now))[:-1]}, "line": '
            end = row["presence__until"]
            if end is not None and end > now:
                self.until = min(self.until, end.timestamp())
        self.people = dict(sorted((kept | new).items()))


_written = _Written()


def _line(row: dict[str, Any], lines: dict[str, str], viewer: str) -> LineState:
    line = lines.get(row["number"], "idle")
    hidden = row["lamp_private"] and row["number"] != viewer
    return "idle" if hidden or line not in ("ringing", "busy") else line  # type: ignore[return-value]


def _person(row: dict[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """A person but for the line."""
    until = row["presence__until"]
    over = until is not None and until <= now
    return {
        "extension": row["number"],
        "name": row["name"],
        "department": row["department__name"] or "",
        "picture": picture_url(row["user__picture"]),
        "status": "available" if over else (row["presence__status"] or "available"),
        "until": None if until is None or over else until.isoformat(),
        "message": "" if over and row["presence__message_ends"] else row["presence__message"] or "",
    }


@router.get("/people", response=list[Person], summary="The whole team")
def list_people(request: HttpRequest) -> HttpResponse:
    return unless_known(request, people_part(number_of(user_of(request))))


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
