"""My status, working hours and where my calls go."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from api.access import extension_of
from api.shapes import Flag, Input, Line, Message, Moment
from live.events import StatusName
from presence.actions import (
    do_save_settings,
    do_set_exceptions,
    do_set_forwarding,
    do_set_status,
    do_set_working_hours,
)
from presence.models import SLOTS, Presence
from presence.selectors import presence_of
from telephony.extensions.actions import do_set_ring_seconds
from telephony.extensions.models import Extension

router = Router(tags=["reachability"])

KindName = Literal["voicemail", "extension", "mobile", "outside", "system", "busy"]
SourceName = Literal["internal", "external"]
CaseName = Literal["always", "no_answer", "unavailable"]
Target = Annotated[Line, StringConstraints(max_length=32)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekdays = Annotated[str, StringConstraints(pattern=r"^[0-6]{0,7}$")]


class Standing(TypedDict):
    """My status as it holds now."""

    status: StatusName
    until: str | None
    message: str


class NewStanding(Input):
    """A status, for good or until; without `message` the message stays."""

    status: StatusName
    until: Moment | None = None
    message: Message | None = None


class Rule(Input):
    """Where calls go in one status, of one kind of caller, in one case."""

    status: StatusName
    source: SourceName
    case: CaseName
    kind: KindName
    target: Target = ""


class Exemption(Input):
    """A rule for certain callers or times that goes before all others. Weekdays are digits, 0 is Monday."""

    enabled: Flag = True
    caller: Target = ""
    weekdays: Weekdays = ""
    start: Clock | None = None
    end: Clock | None = None
    kind: KindName
    target: Target = ""


class Options(TypedDict):
    """How I want to be rung; after `ring_seconds` the call counts as not answered."""

    ring_seconds: int
    mobile: str
    ring_mobile: bool
    accept_multiple: bool
    accept_push: bool
    closed_to_voicemail: bool


class NewOptions(Input):
    """What to change of it."""

    ring_seconds: Annotated[int, Field(strict=True, ge=5, le=120)] | None = None
    mobile: Line | None = None
    ring_mobile: Flag | None = None
    accept_multiple: Flag | None = None
    accept_push: Flag | None = None
    closed_to_voicemail: Flag | None = None


class Reachability(TypedDict):
    """Everything about where my calls go. Every status, source and case has a rule."""

    options: Options
    rules: list[Rule]
    exceptions: list[Exemption]


class Span(Input):
    """A part of a working week: 0 is Monday; an end of 00:00 is midnight at the end of that day."""

    weekday: Annotated[int, Field(strict=True, ge=0, le=6)]
    start: Clock
    end: Clock


class Hours(Input):
    """My own working hours; with `own` off those of the office hold, and these are kept for later."""

    own: Flag
    spans: Annotated[list[Span], Field(max_length=200)]


class ForwardingRules(Input):
    """The rules to change."""

    rules: Annotated[list[Rule], Field(min_length=1, max_length=len(SLOTS))]


class Exemptions(Input):
    """All exceptions, in their order."""

    exceptions: Annotated[list[Exemption], Field(max_length=200)]


def standing_of(extension: Extension) -> Standing:
    """The status that holds now."""
    now = presence_of(extension)
    return {
        "status": now.status,  # type: ignore[typeddict-item]
        "until": now.until.isoformat() if now.until else None,
        "message": now.message,
    }


@router.get("/presence", response=Standing, summary="My status")
def get_presence(request: HttpRequest) -> Standing:
    return standing_of(extension_of(request))


@router.put("/presence", response=Standing, summary="Change my status")
def put_presence(request: HttpRequest, given: NewStanding) -> Standing:
    extension = extension_of(request)
    extension.presence = do_set_status(extension, given.status, until=given.until, message=given.message)
    return standing_of(extension)


@router.get("/presence/hours", response=Hours, summary="My working hours")
def get_hours(request: HttpRequest) -> Hours:
    return _hours(extension_of(request))


@router.put("/presence/hours", response=Hours, summary="Change my working hours")
def put_hours(request: HttpRequest, given: Hours) -> Hours:
    extension = extension_of(request)
    spans = [(span.weekday, _clock(span.start), _clock(span.end)) for span in given.spans]
    with _places("spans"):
        do_set_working_hours(extension, given.own, spans)
    return _hours(Extension.objects.get(pk=extension.pk))


def _hours(extension: Extension) -> Hours:
    presence = getattr(extension, "presence", None)
    spans = extension.working_spans.order_by("weekday", "start")
    return Hours(
        own=bool(presence and presence.own_hours),
        spans=[
            Span(weekday=row.weekday, start=f"{row.start:%H:%M}", end=f"{row.end:%H:%M}") for row in spans
        ],
    )


@router.get("/forwarding", response=Reachability, summary="Where my calls go")
def get_forwarding(request: HttpRequest) -> Reachability:
    return _reachability(extension_of(request))


@router.patch("/forwarding/options", response=Reachability, summary="How I want to be rung")
def patch_options(request: HttpRequest, given: NewOptions) -> Reachability:
    extension = extension_of(request)
    with transaction.atomic():
        if given.ring_seconds is not None:
            do_set_ring_seconds(extension, given.ring_seconds)
        if wishes := given.model_dump(exclude_none=True, exclude={"ring_seconds"}):
            do_save_settings(extension, **wishes)
    return _reachability(Extension.objects.get(pk=extension.pk))


@router.put("/forwarding/rules", response=Reachability, summary="Change rules")
def put_rules(request: HttpRequest, given: ForwardingRules) -> Reachability:
    extension = extension_of(request)
    with transaction.atomic():
        for place, rule in enumerate(given.rules):
            with _places("rules", place):
                do_set_forwarding(extension, rule.status, rule.source, rule.case, rule.kind, rule.target)
    return _reachability(extension)


@router.put("/forwarding/exceptions", response=Reachability, summary="Replace the exceptions")
def put_exceptions(request: HttpRequest, given: Exemptions) -> Reachability:
    extension = extension_of(request)
    rows: list[dict[str, Any]] = [
        {
            **row.model_dump(exclude={"start", "end"}),
            "start": _clock(row.start) if row.start else None,
            "end": _clock(row.end) if row.end else None,
        }
        for row in given.exceptions
    ]
    with _places("exceptions"):
        do_set_exceptions(extension, rows)
    return _reachability(extension)


def _reachability(extension: Extension) -> Reachability:
    presence: Presence = getattr(extension, "presence", None) or Presence(extension=extension)
    kept = {(row.status, row.source, row.case): row for row in extension.forwardings.all()}
    rules = []
    for slot in SLOTS:
        row = kept.get(slot)
        rules.append(
            Rule.model_construct(
                status=slot[0],
                source=slot[1],
                case=slot[2],
                kind=row.kind if row else "voicemail",
                target=row.target if row else "",
            )
        )
    exceptions = [
        Exemption.model_construct(
            enabled=row.enabled,
            caller=row.caller,
            weekdays=row.weekdays,
            start=f"{row.start:%H:%M}" if row.start else None,
            end=f"{row.end:%H:%M}" if row.end else None,
            kind=row.kind,
            target=row.target,
        )
        for row in extension.exceptions.all()
    ]
    options: Options = {
        "ring_seconds": extension.ring_seconds,
        "mobile": presence.mobile,
        "ring_mobile": presence.ring_mobile,
        "accept_multiple": presence.accept_multiple,
        "accept_push": presence.accept_push,
        "closed_to_voicemail": presence.closed_to_voicemail,
    }
    return {"options": options, "rules": rules, "exceptions": exceptions}


def _clock(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


@contextmanager
def _places(name: str, place: int | None = None) -> Iterator[None]:
    """Say in which row of the list `name` the field is that was wrong, such as "rules.1.target"."""
    try:
        yield
    except ValidationError as error:
        row = getattr(error, "position", place)
        where = [name] if row is None else [name, str(row)]
        fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        raise ValidationError(
            {".".join([*where, *_name(field)]): texts for field, texts in fields.items()}
        ) from error


def _name(field: str) -> list[str]:
    return [field] if field not in ("", "__all__") else []
