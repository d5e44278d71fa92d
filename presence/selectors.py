"""Reads of statuses and forwardings that more than one place needs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import redis
from django.utils import timezone

import live
from presence.models import Forwarding, ForwardingException, Presence
from presence.status import Status
from telephony.extensions import numbering
from telephony.extensions.destinations import Kind
from telephony.extensions.models import Extension
from telephony.routing.destination import OUTSIDE
from telephony.routing.forwarding import effective
from telephony.routing.phone_numbers import clean


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody is doing right now, as colleagues see it."""

    extension: str
    status: str
    until: datetime.datetime | None
    message: str
    on_call: bool
    ringing: bool


def lines() -> dict[str, str]:
    """Extension -> "busy" or "ringing", of those that are not idle; nothing while Redis is away."""
    try:
        return live.lines()
    except (redis.RedisError, ValueError, KeyError):
        return {}


def presence_of_everybody() -> list[Standing]:
    """Everybody in use, by number: one query and one question to Redis, however many they are."""
    now, busy = timezone.now(), lines()
    rows = (
        Extension.objects.filter(enabled=True)
        .order_by("number")
        .values_list(
            *("number", "presence__status", "presence__until"),
            *("presence__message", "presence__message_ends"),
        )
    )
    return [_standing(now, busy, *row) for row in rows]


def presence_of(extension: Extension) -> Standing:
    """One of them; `extension` may come with its presence selected."""
    row = getattr(extension, "presence", None) or Presence(extension=extension)
    fields = (extension.number, row.status, row.until, row.message, row.message_ends)
    return _standing(timezone.now(), lines(), *fields)


def _standing(
    now: datetime.datetime,
    busy: dict[str, str],
    number: str,
    status: str | None,
    until: datetime.datetime | None,
    message: str | None,
    message_ends: bool | None,
) -> Standing:
    holds = effective(status or Status.AVAILABLE, until, now)
    over = until is not None and until <= now
    return Standing(
        extension=number,
        status=str(holds),
        until=None if over else until,
        message="" if over and message_ends else message or "",
        on_call=busy.get(number) == "busy",
        ringing=busy.get(number) == "ringing",
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """Every number that a forwarding can lead to; `mobiles` are the extensions that have one."""

    extensions: frozenset[str]
    mailboxes: frozenset[str]
    systems: frozenset[str]
    mobiles: frozenset[str]

    def leads_nowhere(self, owner: str, kind: str, target: str) -> bool:
        """Whether a call that `owner` forwards there would end in their voicemail instead."""
        match kind:
            case Kind.EXTENSION:
                return target == owner or target not in self.extensions
            case Kind.VOICEMAIL:
                return bool(target) and target not in self.mailboxes
            case Kind.SYSTEM:
                return target not in self.systems
            case Kind.MOBILE:
                return owner not in self.mobiles
            case Kind.OUTSIDE:
                return not OUTSIDE.fullmatch(clean(target))
        return kind != Kind.BUSY


def load_reach() -> Reach:
    """Read it: three queries, and one for each kind of system extension."""
    systems: set[str] = set()
    for kind in numbering.kinds():
        if not kind.person:
            systems.update(kind.model._default_manager.values_list("number", flat=True))
    numbers = Extension.objects.filter(enabled=True)
    return Reach(
        extensions=frozenset(numbers.values_list("number", flat=True)),
        mailboxes=frozenset(numbers.filter(mailbox__enabled=True).values_list("number", flat=True)),
        systems=frozenset(systems),
        mobiles=frozenset(Presence.objects.exclude(mobile="").values_list("extension__number", flat=True)),
    )


def broken_forwardings(numbers: Iterable[str] | None = None) -> list[Forwarding | ForwardingException]:
    """Forwardings and exceptions in use that lead nowhere: of these extensions, or of everybody.

    When they are called, the call goes to voicemail.
    """
    reach = load_reach()
    found: list[Forwarding | ForwardingException] = []
    for rows in (
        Forwarding.objects.select_related("extension").order_by("extension__number", "id"),
        ForwardingException.objects.filter(enabled=True).select_related("extension"),
    ):
        if numbers is not None:
            rows = rows.filter(extension__number__in=list(numbers))
        found += [row for row in rows if reach.leads_nowhere(row.extension.number, row.kind, row.target)]
    return found
