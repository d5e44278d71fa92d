"""What would happen to a call, step by step, without ringing anybody.

    simulate("+31612345678", "101", read_moment("Fri 18:05", directory.hours.zone, now), directory)

The same pure functions decide as for a real call. What nobody can know beforehand (does somebody answer?) is told as
branches.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from telephony import dialling, routing
from telephony.destination import Destination
from telephony.directory import Directory
from telephony.routing.numbers import ANONYMOUS
from telephony.routing.steps import Reason
from telephony.story import tell_step

StepKind = Literal["note", "branch", "ring", "outside", "message", "service", "refuse"]

DAYS = {
    name: number
    for names in (
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("ma", "di", "wo", "do", "vr", "za", "zo"),
        ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    )
    for number, name in enumerate(names)
}
MOMENT = re.compile(r"(?:([a-z]+)\s+)?([0-9]{1,2})[:.]([0-9]{2})")


class SimulationError(ValueError):
    """What was asked makes no sense; the text is for the person who asked."""


@dataclass(frozen=True, slots=True)
class SimulatedStep:
    """One step of what would happen. `depth` 0 is the plan itself; below a "branch" what happens then is one deeper.

    `targets` are the numbers that ring or the mailbox; `seconds` how long they ring, 0 where nothing does; `prompt`
    is what the caller hears (a key of `telephony.speech.PROMPTS`) and `status` the SIP status at the end.
    """

    kind: StepKind
    depth: int
    code: str
    args: Mapping[str, str | int]
    targets: tuple[str, ...] = ()
    seconds: int = 0
    prompt: str = ""
    status: int = 0

    def text(self, language: str) -> str:
        """The step in words."""
        return tell_step({"code": self.code, "args": self.args}, language)


def simulate(
    caller: str,
    called: str,
    at: datetime.datetime,
    directory: Directory,
    busy: frozenset[str] = frozenset(),
) -> list[SimulatedStep]:
    """What would happen if `caller` called `called` at `at` (aware), with `busy` extensions in a call.

    `caller` is an extension, an outside number or "anonymous". Who is outside calls a number of ours, or an extension
    as if a number of ours led there. Raises SimulationError.
    """
    if at.tzinfo is None:
        raise SimulationError(_("The moment needs a time zone."))
    number = dialling.clean(called)
    if not number:
        raise SimulationError(_("Which number is called?"))
    who = _who(caller, directory)
    if who in directory.extensions:
        found = routing.plan(directory, routing.Request(who, number, at=at, busy=busy))
        return list(_flat(found.steps, 0))
    request = routing.Request(who, number, 0, at=at, busy=busy)
    if number in directory.extensions:
        found = routing.towards(directory, request, Destination("extension", number))
    elif number in directory.groups or number in directory.departments or number in directory.receptionists:
        found = routing.towards(directory, request, Destination("system", number))
    else:
        found = routing.plan(directory, request)
    return list(_flat(found.steps, 0))


def _who(caller: str, directory: Directory) -> str:
    """The caller as routing knows it."""
    text = caller.strip()
    if text.lower() in ANONYMOUS:
        return "anonymous"
    number = dialling.clean(text)
    if number in directory.extensions:
        return number
    if not dialling.is_dialable(number):
        raise SimulationError(_("%(number)s is not a telephone number.") % {"number": text[:40]})
    found = dialling.read(number, directory.country)
    if not found.e164:
        raise SimulationError(
            _("%(number)s is neither an extension nor a telephone number.") % {"number": text[:40]}
        )
    return found.e164


def _flat(steps: routing.Steps, depth: int) -> Iterator[SimulatedStep]:
    """A plan's tree as lines: what follows a step that may fail is one deeper, under a line that says when."""
    for place, step in enumerate(steps):
        yield _told(step, depth)
        if not isinstance(step, routing.Ring | routing.RingOutside):
            continue
        rest = steps[place + 1 :]
        if isinstance(step, routing.RingOutside):
            yield _branch(Reason("if_not_reached", {"who": step.number}), depth)
        elif step.unavailable is None:
            yield _branch(Reason("if_not_taken", {"who": ", ".join(step.extensions)}), depth)
        else:
            who = ", ".join(step.extensions)
            yield _branch(Reason("if_unavailable", {"who": who}), depth)
            yield from _flat(step.unavailable, depth + 1)
            yield _branch(Reason("if_no_answer", {"who": who}), depth)
        yield from _flat(rest, depth + 1)
        return


def _branch(reason: Reason, depth: int) -> SimulatedStep:
    return SimulatedStep("branch", depth, reason.code, reason.args)


def _told(step: routing.Step, depth: int) -> SimulatedStep:
    code, args = step.reason.code, step.reason.args
    match step:
        case routing.Note():
            return SimulatedStep("note", depth, code, args)
        case routing.Ring():
            return SimulatedStep("ring", depth, code, args, step.extensions, step.seconds)
        case routing.RingOutside():
            return SimulatedStep("outside", depth, code, args, (step.number,), step.seconds)
        case routing.Deposit():
            return SimulatedStep("message", depth, code, args, (step.extension,))
        case routing.Service():
            return SimulatedStep("service", depth, code, args, (step.target,) if step.target else ())
        case routing.Refuse():
            prompt = "" if step.status == 486 else step.prompt
            return SimulatedStep("refuse", depth, code, args, prompt=prompt, status=step.status)
        case _:
            assert_never(step)


def read_moment(text: str, zone: str, now: datetime.datetime) -> datetime.datetime:
    """A moment as people write it: "now", "18:05", "Fri 18:05", "vrijdag 18:05", "2026-03-06 18:05" (ISO 8601).

    Without a date the next such moment counts, today's when that is not over; without a zone `zone` does. Raises
    SimulationError.
    """
    there = ZoneInfo(zone)
    words = " ".join(text.split()).lower()
    if words in ("", "now", "nu"):
        return now.astimezone(there)
    if found := MOMENT.fullmatch(words):
        return _next(found, now.astimezone(there), text)
    try:
        moment = datetime.datetime.fromisoformat(words.upper())
    except ValueError as error:
        raise SimulationError(_misread(text)) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=there)


def _next(found: re.Match[str], now: datetime.datetime, text: str) -> datetime.datetime:
    """The next such time of day after `now`, on the weekday if one is named."""
    day, hour, minute = found[1], int(found[2]), int(found[3])
    if hour > 23 or minute > 59 or (day and day not in DAYS):
        raise SimulationError(_misread(text))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    ahead = (DAYS[day] - now.weekday()) % 7 if day else 0
    moment += datetime.timedelta(days=ahead)
    if moment < now:
        moment += datetime.timedelta(days=7 if day else 1)
    return moment


def _misread(text: str) -> str:
    return _("%(text)s is no moment: write 18:05, Fri 18:05 or 2026-03-06 18:05.") % {"text": text[:40]}
