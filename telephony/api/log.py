"""My calls that are over: the log with its arrows, why a call rang where it rang, calls taken off one's own list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from ninja import Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

import live
from accounts.models import User
from api.access import extension_of, user_of
from api.conditional import Part, unless_known
from api.errors import Unknown
from api.shapes import CallId, Search
from live.events import Arrow, LogEntry
from telephony.api.live_calls import router
from telephony.calls.events import call_hidden, calls_seen
from telephony.calls.models import Call, CallLeg, HiddenCall
from telephony.calls.privacy import steps_for
from telephony.calls.story import tell_step
from telephony.calls.views import UNTAKEN, log_entry
from telephony.extensions.models import Extension
from telephony.extensions.selectors import number_of
from telephony.recordings.models import Recording
from telephony.recordings.selectors import recordings_for

CHUNK = 200  # calls that are looked at together
CHUNKS = 25  # after so many without enough hits the client asks on: a request must end
#: What an entry is made of; the steps of a call are long, and told only when asked for.
COLUMNS = (
    *("id", "outcome", "caller", "caller_name", "dialled", "answered_by", "started", "answered", "ended"),
)
MISSED_SHOWN = 99  # more than this the badge does not count


class LogPage(TypedDict):
    """Newest first. `before` gets the next page; None when there is none."""

    calls: list[LogEntry]
    before: str | None


class LogFilter(BaseModel):
    """What to look for."""

    arrow: Arrow | None = None
    search: Search = ""
    before: CallId | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Told(TypedDict):
    """A step of a call in words."""

    at: float  # seconds since the call began
    text: str


class Story(TypedDict):
    """Why a call went where it went."""

    id: str
    steps: list[Told]


@router.get("/calls", response=LogPage, summary="My call log")
def list_calls(request: HttpRequest, wanted: Query[LogFilter]) -> HttpResponse:
    return unless_known(request, Part(json.dumps(page_of(request, wanted))))


def page_of(request: HttpRequest, wanted: LogFilter) -> LogPage:
    """A page of the asking user's call log."""
    user, number = user_of(request), extension_of(request).number
    found: list[LogEntry] = []
    last = wanted.before
    # Without a wish every call is a hit, but for those that were taken off the list.
    chunk = CHUNK if wanted.arrow or wanted.search else min(CHUNK, wanted.limit + 10)
    for entries, last in _chunks(user, number, wanted.before, chunk):  # noqa: B007
        for entry in entries:
            if _fits(entry, wanted):
                found.append(entry)
                if len(found) == wanted.limit:
                    return {"calls": found, "before": entry["id"]}
    return {"calls": found, "before": last}


def _chunks(
    user: User, number: str, before: str | None, size: int
) -> Iterator[tuple[list[LogEntry], str | None]]:
    """Parts of somebody's log, newest first, and where the next part begins (None: nowhere)."""
    for _chunk in range(CHUNKS):
        ids = _ids(number, before, size)
        before = ids[-1] if len(ids) == size else None
        calls = Call.objects.filter(pk__in=ids, ended__isnull=False).exclude(
            pk__in=HiddenCall.objects.filter(user=user).values("call")
        )
        yield list(entries_of(calls.order_by("-pk"), user, number)), before
        if before is None:
            return


def _ids(number: str, before: str | None, size: int) -> list[str]:
    """The newest calls before that one that had to do with an extension: calls' ids sort by time."""
    legs, calls = CallLeg.objects.filter(extension=number), Call.objects.filter(dialled=number)
    if before:
        legs, calls = legs.filter(call_id__lt=before), calls.filter(pk__lt=before)
    mine = legs.order_by("-call_id").values_list("call_id", flat=True).distinct()[:size]
    meant = calls.order_by("-pk").values_list("pk", flat=True)[:size]
    return sorted({*mine, *meant}, reverse=True)[:size]


def entries_of(calls: QuerySet[Call], user: User, number: str) -> Iterator[LogEntry]:
    """These calls as `user` with the extension `number` saw them: four queries, more when some were recorded."""
    rows = list(calls.values(*COLUMNS))
    ids = [row["id"] for row in rows]
    if not ids:
        return
    legs: dict[str, list[dict[str, Any]]] = {}
    # From the first to the last of them: a list of ids takes the framework longer than the database.
    between = CallLeg.objects.filter(extension=number, call_id__gte=min(ids), call_id__lte=max(ids))
    for leg in between.values("call_id", "extension", "role", "answered"):
        legs.setdefault(leg["call_id"], []).append({**leg})
    kept: dict[str, list[int]] = {}
    # Most calls have none, and then no right to hear it has to be looked up.
    sounds = dict(
        Recording.objects.filter(call__in=ids).exclude(state=Recording.State.LOST).values_list("pk", "call")
    )
    if sounds:
        for recording in (
            recordings_for(user).filter(pk__in=sounds).order_by("pk").values_list("pk", flat=True)
        ):
            kept.setdefault(sounds[recording], []).append(recording)
    numbers = {row[side] for row in rows for side in ("caller", "dialled")}
    names = dict(Extension.objects.filter(number__in=numbers).values_list("number", "name"))
    for row in rows:
        answered, ended = row["answered"], row["ended"]
        times = {
            "started": row["started"].timestamp(),
            "answered": answered.timestamp() if answered else None,
            "ended": ended.timestamp(),
        }
        call = {**row, **times, "legs": legs.get(row["id"], [])}
        yield log_entry(call, number, names, kept.get(row["id"], ()))


def _fits(entry: LogEntry, wanted: LogFilter) -> bool:
    if wanted.arrow and entry["arrow"] != wanted.arrow:
        return False
    if not wanted.search:
        return True
    text = wanted.search.casefold()
    # However it is written: 020-123 finds +3120123…
    digits = "".join(letter for letter in text if letter.isdecimal()).lstrip("0")
    return (
        text in entry["name"].casefold()
        or text in entry["number"].casefold()
        or (len(digits) > 1 and digits in entry["number"])
    )


def missed_of(user: User) -> list[str]:
    """The newest missed calls that the user has not looked at, at most as many as the badge counts."""
    number = number_of(user)
    if not number:
        return []
    legs = CallLeg.objects.filter(extension=number)
    meant = Call.objects.filter(dialled=number)
    mine = legs.order_by().values("call").union(meant.order_by().values("pk"))
    # What `telephony.calls.views.arrow_of` says of one call, for all of them in one query.
    calls = (
        Call.objects.filter(pk__in=mine, ended__gt=user.calls_seen, outcome__in=UNTAKEN)
        .exclude(caller=number)
        .exclude(pk__in=legs.filter(Q(role="caller") | Q(answered__isnull=False)).values("call"))
        .exclude(pk__in=HiddenCall.objects.filter(user=user).values("call"))
    )
    return list(calls.order_by("-pk").values_list("pk", flat=True)[:MISSED_SHOWN])


@router.get("/calls/{call_id}/story", response=Story, summary="Why it rang here")
def get_story(request: HttpRequest, call_id: CallId) -> Story:
    call, number = _mine(request, call_id), extension_of(request).number
    language = translation.get_language() or "nl"
    called = call.legs.filter(extension=number).exclude(role="caller")
    only_caller = call.caller == number != call.dialled and not called.exists()
    known = (step for step in call.steps if "code" in step)
    steps = [
        Told(at=float(step.get("at", 0)), text=tell_step(step, language))
        for step in steps_for(known, number, language, caller=only_caller)
    ]
    return {"id": call.pk, "steps": steps}


@router.post("/calls/seen", response={204: None}, summary="I have looked at my calls")
def post_seen(request: HttpRequest) -> tuple[int, None]:
    do_see_calls(user_of(request))
    return 204, None


@router.delete("/calls/{call_id}", response={204: None}, summary="Take a call off my list")
def delete_call(request: HttpRequest, call_id: CallId) -> tuple[int, None]:
    do_hide_call(user_of(request), _mine(request, call_id))
    return 204, None


def _mine(request: HttpRequest, call_id: str) -> Call:
    """The call, if it is in the asking user's log. Raises Unknown."""
    number = extension_of(request).number
    call = (
        Call.objects.filter(pk=call_id)
        .filter(
            Q(dialled=number)
            | Q(caller=number)
            | Q(pk__in=CallLeg.objects.filter(extension=number).values("call"))
        )
        .first()
    )
    if call is None:
        raise Unknown
    return call


def do_see_calls(user: User) -> None:
    """None of the calls until now counts as missed any more."""
    User.objects.filter(pk=user.pk).update(calls_seen=timezone.now())
    transaction.on_commit(lambda: live.publish(calls_seen(), user=user.pk))


def do_hide_call(user: User, call: Call) -> None:
    """The user does not see this call any more; everybody else does."""
    HiddenCall.objects.get_or_create(user=user, call=call)
    transaction.on_commit(lambda: live.publish(call_hidden(call.pk), user=user.pk))
