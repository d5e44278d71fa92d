"""The only place where statuses, forwardings and working hours change. Each action ends by telling the others."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

import live
from live.changes import announce_after_commit
from presence.events import presence_changed
from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan
from presence.numbers import as_outside_number
from presence.status import Status
from telephony.extensions.destinations import Kind
from telephony.extensions.models import Extension
from telephony.routing.opening import overlapping

# What `do_save_settings` may change.
SETTINGS = ("mobile", "ring_mobile", "accept_multiple", "accept_push", "closed_to_voicemail")
MANY = 200  # exceptions or spans that one person may have


class RowError(ValidationError):
    """What is wrong with the row at `position` (from 0) of several."""

    def __init__(self, error: ValidationError, position: int) -> None:
        super().__init__(error)
        self.position = position


def tell_status(presence: Presence) -> None:
    """After the commit: everybody sees the status that holds now."""
    event = presence_changed(presence)
    transaction.on_commit(lambda: live.publish(event))


def tell_settings() -> None:
    """After the commit: where calls go may have changed."""
    announce_after_commit()


def _row(extension: Extension) -> Presence:
    """The extension's row, for changing it within the transaction; two that make it at once get the same one."""
    row, _made = Presence.objects.select_for_update().get_or_create(extension=extension)
    row.extension = extension
    return row


@transaction.atomic
def do_set_status(
    extension: Extension,
    status: str,
    *,
    until: datetime.datetime | None = None,
    message: str | None = None,
) -> Presence:
    """Set the status, for good or `until` (aware); a `message` of None leaves the one that is there.

    A message that is given with an `until` goes when the status does. Raises ValidationError by field: an unknown
    status, an end that is over or belongs to no such status, a message that is too long.
    """
    row = _row(extension)
    if until is not None:
        if status == Status.AVAILABLE:
            raise ValidationError({"until": _("Only another status than available has an end.")})
        if timezone.is_naive(until):
            raise ValidationError({"until": _("This time has no time zone.")})
        if until <= timezone.now():
            raise ValidationError({"until": _("This is over already.")})
    if message is not None:
        row.message, row.message_ends = " ".join(message.replace("\0", " ").split()), until is not None
    elif row.message_ends and until is None:
        # The message came with a status that has gone.
        row.message, row.message_ends = "", False
    row.status, row.until = status, until
    row.clean_fields(exclude=["extension"])
    row.save()
    tell_status(row)
    tell_settings()
    return row


def do_end_statuses(at: datetime.datetime | None = None) -> datetime.datetime | None:
    """Put everybody back to available whose status ended at `at` (default: now) or before; when the next one ends."""
    now = at or timezone.now()
    coming = _next_end()
    if coming is None or coming > now:
        return coming  # most of the time: no lock is taken then
    _end_statuses(now)
    return _next_end()


def _next_end() -> datetime.datetime | None:
    found: datetime.datetime | None = Presence.objects.aggregate(next=Min("until"))["next"]
    return found


@transaction.atomic
def _end_statuses(now: datetime.datetime) -> None:
    over = Presence.objects.select_for_update(of=("self",)).filter(until__lte=now)
    for row in list(over.select_related("extension")):
        row.status, row.until = Status.AVAILABLE.value, None
        if row.message_ends:
            row.message, row.message_ends = "", False
        row.save(update_fields=["status", "until", "message", "message_ends"])
        tell_status(row)


@transaction.atomic
def do_save_settings(extension: Extension, **settings: Any) -> Presence:
    """Change some of SETTINGS. Raises ValidationError by field, and TypeError for a setting that does not exist."""
    if unknown := settings.keys() - set(SETTINGS):
        raise TypeError(f"no such settings: {', '.join(sorted(unknown))}")
    row = _row(extension)
    if settings.get("mobile"):
        try:
            settings["mobile"] = as_outside_number(settings["mobile"])
        except ValidationError as error:
            raise ValidationError({"mobile": error.messages}) from error
    for name, value in settings.items():
        setattr(row, name, value)
    row.full_clean(exclude=["extension", "until", "message"], validate_unique=False)
    row.save()
    tell_settings()
    return row


@transaction.atomic
def do_set_forwarding(
    extension: Extension, status: str, source: str, case: str, kind: str, target: str = ""
) -> None:
    """Where calls go in this status and case. Raises ValidationError by field when that leads nowhere.

    The extension's own voicemail is what a missing row means, so that none is kept for it.
    """
    which: dict[str, Any] = {"extension": extension, "status": status, "source": source, "case": case}
    row = Forwarding(kind=kind, target=target, **which)
    row.full_clean(exclude=["extension"], validate_unique=False, validate_constraints=False)
    check_mobile(extension, row.kind)
    if row.kind == Kind.VOICEMAIL and not row.target:
        Forwarding.objects.filter(**which).delete()
    else:
        Forwarding.objects.update_or_create(defaults={"kind": row.kind, "target": row.target}, **which)
    tell_settings()


def check_mobile(extension: Extension, kind: str) -> None:
    """Raise ValidationError when calls are to go to a mobile that was not entered."""
    if kind == Kind.MOBILE and not Presence.objects.filter(extension=extension).exclude(mobile="").exists():
        raise ValidationError({"kind": _("Enter the mobile number first.")})


@transaction.atomic
def do_set_exceptions(
    extension: Extension, exceptions: Sequence[Mapping[str, Any]]
) -> list[ForwardingException]:
    """Replace the exceptions by these, in this order; the keys are fields of `ForwardingException`.

    Raises RowError for the first one that is wrong.
    """
    if len(exceptions) > MANY:
        raise ValidationError(_("Too many: at most %(number)d.") % {"number": MANY})
    rows = []
    for position, fields in enumerate(exceptions):
        row = ForwardingException(extension=extension, position=position, **fields)
        try:
            row.full_clean(exclude=["extension"])
            check_mobile(extension, row.kind)
        except ValidationError as error:
            raise RowError(error, position) from error
        rows.append(row)
    ForwardingException.objects.filter(extension=extension).delete()
    ForwardingException.objects.bulk_create(rows)
    tell_settings()
    return rows


@transaction.atomic
def do_set_working_hours(
    extension: Extension,
    own: bool,
    spans: Sequence[tuple[int, datetime.time, datetime.time]] | None = None,
) -> None:
    """Keep `own` working hours or those of the office; `spans` (weekday, start, end) replace the ones that are there.

    Raises ValidationError, and RowError for a span that is wrong.
    """
    if spans is not None:
        if len(spans) > MANY:
            raise ValidationError(_("Too many: at most %(number)d.") % {"number": MANY})
        rows = [
            WorkingSpan(extension=extension, weekday=day, start=start, end=end) for day, start, end in spans
        ]
        for position, row in enumerate(rows):
            try:
                row.full_clean(exclude=["extension"])
            except ValidationError as error:
                raise RowError(error, position) from error
        for later, earlier in overlapping(rows):
            clash = ValidationError({"start": _("This overlaps with %(span)s.") % {"span": rows[earlier]}})
            raise RowError(clash, later)
        WorkingSpan.objects.filter(extension=extension).delete()
        WorkingSpan.objects.bulk_create(rows)
    if own and not WorkingSpan.objects.filter(extension=extension).exists():
        raise ValidationError({"own_hours": _("Enter the working hours, too.")})
    presence = _row(extension)
    presence.own_hours = own
    presence.save()
    tell_settings()
