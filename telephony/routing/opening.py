"""Opening hours: is it open at a given moment, and why? Pure: no database, no clock.

Hours are wall-clock times in a time zone. A day on which the clocks change is no exception: a span from 8:30 to 17:30
is open while the clock on the wall shows those times, whether that day has 23, 24 or 25 hours.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MIDNIGHT = datetime.time()
DAY = datetime.timedelta(days=1)


@lru_cache
def is_zone(name: str) -> bool:
    """Whether this machine knows the time zone; what was entered on another one must not stop a call here."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class SpanLike(Protocol):
    """Whatever has a weekday (Monday 0), a start and an end; an end of 00:00 is midnight at the end of the day."""

    @property
    def weekday(self) -> int: ...
    @property
    def start(self) -> datetime.time: ...
    @property
    def end(self) -> datetime.time: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a weekday (Monday 0): from `start`, up to but not including `end`; 00:00 ends the day."""

    weekday: int
    start: datetime.time
    end: datetime.time


def _none() -> Mapping[datetime.date, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody or something is open. Without any span it always is, but for holidays and an override."""

    zone: str = "UTC"
    spans: tuple[Span, ...] = ()
    breaks: tuple[Span, ...] = ()
    holidays: Mapping[datetime.date, str] = field(default_factory=_none)
    closed_until: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Open or not, and why: `code` and `args` are told by `telephony.calls.story`.

    hours_open, hours_closed {opens?}, hours_break {until}, hours_holiday {name}, hours_override {until}; `until` and
    `opens` are ISO 8601 with the zone's offset.
    """

    open: bool
    code: str
    args: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def look(hours: Hours, at: datetime.datetime) -> Verdict:
    """Whether it is open at `at` (aware). The first that closes it says why: override, holiday, hours, break."""
    zone = ZoneInfo(hours.zone)
    local = at.astimezone(zone)
    if hours.closed_until is not None and at < hours.closed_until:
        until = hours.closed_until.astimezone(zone)
        return Verdict(False, "hours_override", {"until": until.isoformat(timespec="seconds")})
    if (name := hours.holidays.get(local.date())) is not None:
        return Verdict(False, "hours_holiday", {"name": name})
    if hours.spans and _find(hours.spans, local) is None:
        return Verdict(False, "hours_closed")
    if pause := _find(hours.breaks, local):
        return Verdict(False, "hours_break", {"until": f"{pause.end:%H:%M}"})
    return Verdict(True, "hours_open")


def _find(spans: Iterable[Span], local: datetime.datetime) -> Span | None:
    """The span that the wall clock is in."""
    weekday, time = local.weekday(), local.time()
    for span in spans:
        if span.weekday == weekday and span.start <= time and (span.end == MIDNIGHT or time < span.end):
            return span
    return None


def within(
    weekdays: str,
    start: datetime.time | None,
    end: datetime.time | None,
    local: datetime.datetime,
) -> bool:
    """Whether a rule for certain times holds at `local`, a moment in the zone that the rule is meant in.

    `weekdays` are digits, Monday 0; empty: every day. Without times the whole day; an `end` that is not after the
    `start` lies on the next day, and then the weekday is that of the start.
    """
    first = MIDNIGHT if start is None else start
    last = MIDNIGHT if end is None else end
    time = local.time()
    today, yesterday = str(local.weekday()), str((local - DAY).weekday())
    if last == MIDNIGHT or first < last:
        return _on(weekdays, today) and first <= time and (last == MIDNIGHT or time < last)
    return (_on(weekdays, today) and time >= first) or (_on(weekdays, yesterday) and time < last)


def _on(weekdays: str, weekday: str) -> bool:
    return not weekdays or weekday in weekdays


def overlapping(spans: Sequence[SpanLike]) -> list[tuple[int, int]]:
    """Places of spans that overlap: (place of the later one, place of the earlier one), each later one once."""
    clashes: list[tuple[int, int]] = []
    order = sorted(range(len(spans)), key=lambda place: (spans[place].weekday, spans[place].start))
    widest: int | None = None  # the one of this weekday that ends last so far
    for place in order:
        span = spans[place]
        if widest is not None and spans[widest].weekday == span.weekday:
            before = spans[widest]
            if before.end == MIDNIGHT or span.start < before.end:
                clashes.append((place, widest))
            if before.end == MIDNIGHT or (span.end != MIDNIGHT and span.end <= before.end):
                continue
        widest = place
    return clashes
