"""What would happen to a call, step by step, without ringing anybody.

    simulate("+31612345678", "101", read_moment("Fri 18:05", directory.hours.zone, now), directory)

The same pure functions decide as for a real call. What nobody can know beforehand (does somebody answer?) is told as
branches.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from telephony import routing
from telephony.calls.story import tell_step
from telephony.routing import phone_numbers
from telephony.routing.callers import ANONYMOUS
from telephony.routing.destination import Destination
from telephony.routing.directory import Directory
from telephony.routing.outbound_rules import Usage
from telephony.routing.steps import Reason

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
    """The question makes no sense; the text is for the asking person."""


@dataclass(frozen=True, slots=True)
class SimulatedStep:
    """One step of what would happen. `depth` 0 is the plan itself; below a "branch" what happens then is one deeper.

    `targets` are the numbers that ring or the mailbox; `seconds` how long they ring, 0 where nothing does; `prompt`
    is what the caller hears (a key of `telephony.sound.speech.PROMPTS`) and `status` the SIP status at the end.
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
    usage: Usage | None = None,
) -> list[SimulatedStep]:
    """What would happen if `caller` called `called` at `at` (aware), with `busy` extensions in a call.

    `caller` is an extension, an outside number or "anonymous". An outside caller calls a number of ours, or an
    extension as if a number of ours led there. `usage` is what was used of the limits, None: nothing. Raises
    SimulationError.
    """
    if at.tzinfo is None:
        raise SimulationError(_("The moment needs a time zone."))
    number = phone_numbers.clean(called)
    if not number:
        raise SimulationError(_("Which number is called?"))
    who = _who(caller, directory)
    trunk = None if who in directory.extensions else 0
    request = routing.Request(who, number, trunk, at=at, busy=busy, usage=usage)
    if trunk is None:
        found = routing.plan(directory, request)
    elif number in directory.extensions:
        found = routing.towards(directory, request, Destination("extension", number))
    elif number in directory.groups or number in directory.departments or number in directory.receptionists:
        found = routing.towards(directory, request, Destination("system", number))
    else:
        found = routing.plan(directory, request)
    return list(_Telling(directory, request).flat(found.steps, 0))


def _who(caller: str, directory: Directory) -> str:
    """The caller as routing knows it."""
    text = caller.strip()
    if text.lower() in ANONYMOUS:
        return "anonymous"
    number = phone_numbers.clean(text)
    if number in directory.extensions:
        return number
    if not phone_numbers.is_dialable(number):
        raise SimulationError(_("%(number)s is not a telephone number.") % {"number": text[:40]})
    found = phone_numbers.read(number, directory.country)
    if not found.e164:
        raise SimulationError(
            _("%(number)s is neither an extension nor a telephone number.") % {"number": text[:40]}
        )
    return found.e164


class _Telling:
    """A plan's tree as lines: what follows from a step is one deeper, under a line that says when."""

    def __init__(self, directory: Directory, request: routing.Request) -> None:
        self.directory, self.request = directory, request
        self.told: set[str] = set()  # receptionists: they may send callers to each other

    def flat(self, steps: routing.Steps, depth: int) -> Iterator[SimulatedStep]:
        """The steps in order."""
        for place, step in enumerate(steps):
            yield _told(step, depth)
            if isinstance(step, routing.Service) and step.name == "receptionist":
                yield from self._reception(step.target, depth)
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
                yield from self.flat(step.unavailable, depth + 1)
                yield _branch(Reason("if_no_answer", {"who": who}), depth)
            yield from self.flat(rest, depth + 1)
            return

    def _reception(self, number: str, depth: int) -> Iterator[SimulatedStep]:
        """What a receptionist does: where it sends callers when it is closed, or for each key."""
        desk = self.directory.receptionists[number]
        if number in self.told:
            yield _service(Reason("told_above", {"receptionist": number}), depth)
            return
        self.told.add(number)
        if found := routing.receptionist.closed(self.directory, desk, self.request.at):
            notes, elsewhere = found
            yield from (_told(note, depth) for note in notes)
            yield from self._towards(elsewhere, desk.number, depth)
            return
        if desk.dial_extension:
            yield _told(routing.Note(Reason("may_dial")), depth)
        if desk.name_key:
            yield _told(routing.Note(Reason("may_spell", {"key": desk.name_key})), depth)
        for reason, destination in routing.receptionist.ways(desk):
            yield _branch(reason, depth)
            if destination is None:
                yield _service(Reason("goodbye"), depth + 1)
            else:
                yield from self._towards(destination, desk.number, depth + 1)

    def _towards(self, destination: Destination, desk: str, depth: int) -> Iterator[SimulatedStep]:
        request = replace(self.request, dialled=desk)
        return self.flat(routing.towards(self.directory, request, destination).steps, depth)


def _service(reason: Reason, depth: int) -> SimulatedStep:
    return SimulatedStep("service", depth, reason.code, reason.args)


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
        case routing.Voicemail():
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
