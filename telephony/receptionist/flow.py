"""The digital receptionist: it greets, the caller presses a key, dials an extension or spells a name."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from telephony import routing
from telephony.engine.state import CallState
from telephony.extensions.destinations import Kind
from telephony.routing.destination import Destination
from telephony.routing.entries import PromptEntry, ReceptionistEntry
from telephony.sound import prompts, speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

log = logging.getLogger(__name__)

KEYS = "0123456789*#"
DIGITS = "0123456789"
PAUSE = (
    1.5  # seconds for the next digit, when what was typed may be a key as well as the begin of an extension
)
NAME_SECONDS = 6.0  # for the next letter of a name
LETTERS = 3
MOST_NAMES = 9
MOST_RECEPTIONS = 10  # in one call: receptionists may send callers to each other, but not forever
KEYPAD = {
    letter: key
    for key, letters in zip(
        "23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True
    )
    for letter in letters
}


async def receptionist(call: Call, caller: Leg, step: routing.Service) -> routing.Plan | None:
    """Answer, and ask where to go: the plan for that, or None when the call has come to its end."""
    directory, number = call.exchange.directory, step.target
    desk = directory.receptionists.get(number)
    call.receptions += 1
    caller.answer()
    call.set_answered(f"receptionist {number}")
    if desk is None or call.receptions > MOST_RECEPTIONS:
        call.step("reception_ends", receptionist=number)
        await _goodbye(call, caller, call.exchange.language_of(caller.extension))
        return None
    visit = Reception(call, caller, desk)

    if found := routing.receptionist.closed(directory, desk, timezone.now()):
        notes, elsewhere = found
        for note in notes:
            call.step(note.reason.code, **note.reason.args)
        if desk.closed_prompt is not None:
            await caller.play(await visit.sound(desk.closed_prompt), stop_on="#")
        return visit.towards(elsewhere)

    wrong = False
    for _turn in range(1 + desk.repeats):
        typed = await visit.ask()
        wrong = bool(typed)
        if typed and (destination := await visit.choose(typed)) is not None:
            return visit.towards(destination)
        if wrong and typed != desk.name_key:
            call.step("reception_wrong_key", keys=typed)
            await visit.say("wrong_choice")

    call.step("reception_no_choice", receptionist=number)
    last = (wrong and desk.wrong) or desk.silent
    if last:
        return visit.towards(last)
    await _goodbye(call, caller, desk.language)
    return None


async def _goodbye(call: Call, caller: Leg, language: str) -> None:
    await caller.play(await call.exchange.sound(speech.prompt, "goodbye", language))
    caller.hang_up()


class Reception:
    """One caller at one receptionist."""

    def __init__(self, call: Call, caller: Leg, desk: ReceptionistEntry) -> None:
        self.call = call
        self.caller = caller
        self.desk = desk
        self.exchange = call.exchange

    # --- words

    async def say(self, key: str) -> None:
        """Speak one of the exchange's own prompts."""
        await self.caller.play(await self.exchange.sound(speech.prompt, key, self.desk.language))

    async def sound(self, prompt: PromptEntry) -> Path:
        """The file of a prompt; silence where it can't be had, so that the keys work all the same."""
        try:
            return await self.exchange.sound(prompts.sound_of, prompt)
        except (OSError, speech.SpeechError) as error:
            log.warning("receptionist %s has no voice: %s", self.desk.number, error)
            return speech.silence()

    # --- keys

    async def ask(self) -> str:
        """Say the welcome and return what was typed: a key, or an extension; "" for nothing."""
        desk, caller = self.desk, self.caller
        welcome = await self.sound(desk.welcome) if desk.welcome else speech.silence()
        typed = await caller.play(welcome, stop_on=KEYS) or await caller.digit(desk.seconds, among=KEYS)
        while typed and self._may_go_on(typed):
            digit = await caller.digit(PAUSE if typed in desk.keys else desk.seconds, among=DIGITS + "#")
            if digit in ("", "#"):
                break
            typed += digit
        return typed

    def _may_go_on(self, typed: str) -> bool:
        """Whether an extension begins with this."""
        return self.desk.dial_extension and any(
            number.startswith(typed) and number != typed for number in self.exchange.directory.extensions
        )

    async def choose(self, typed: str) -> Destination | None:
        """Where that leads, or None."""
        if destination := self.desk.keys.get(typed):
            self.call.step("reception_key", key=typed, receptionist=self.desk.number)
            return destination
        if self.desk.dial_extension and typed in self.exchange.directory.extensions:
            self.call.step("reception_extension", extension=typed)
            return Destination(Kind.EXTENSION, typed)
        if typed == self.desk.name_key:
            return await self.by_name()
        return None

    async def by_name(self) -> Destination | None:
        """Three letters of a name, then a key for the person."""
        letters = await self._letters()
        found = matches(
            ((row.number, row.name) for row in self.exchange.directory.extensions.values()), letters
        )
        if not found:
            await self.say("no_such_name")
            return None
        names = [name for _number, name in found]
        path = await self.exchange.sound(speech.speak, speech.name_choice, names, self.desk.language)
        keys = DIGITS[1 : len(found) + 1]
        key = await self.caller.play(path, stop_on=keys) or await self.caller.digit(self.desk.seconds, keys)
        if not key:
            return None
        number, name = found[int(key) - 1]
        self.call.step("reception_name", name=name, extension=number)
        return Destination(Kind.EXTENSION, number)

    async def _letters(self) -> str:
        path = await self.exchange.sound(speech.prompt, "spell_name", self.desk.language)
        typed = await self.caller.play(path, stop_on=DIGITS)
        while len(typed) < LETTERS:
            digit = await self.caller.digit(NAME_SECONDS, among=DIGITS + "#")
            if digit in ("", "#"):
                break
            typed += digit
        return typed

    def towards(self, destination: Destination) -> routing.Plan:
        """What to do with the caller from here on."""
        self.call.move(CallState.ROUTING)
        caller, trunk = self.call.origin(self.caller)
        request = self.exchange.request(
            caller=caller, dialled=self.desk.number, trunk=trunk, diverted=self.call.diverted
        )
        return routing.towards(self.exchange.directory, request, destination)


def matches(people: Iterable[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """(number, name) of people with a word in their name that begins with these keys, by name, at most nine.

    "de Wit" is found by "wit" and by "dew".
    """
    if not typed:
        return []
    found = [
        (number, name) for number, name in people if any(word.startswith(typed) for word in spellings(name))
    ]
    return sorted(found, key=lambda row: (row[1].casefold(), row[0]))[:MOST_NAMES]


def spellings(name: str) -> list[str]:
    """The keys of each part of a name to its end: "Jo van Zé" gives those of jovanze, vanze and ze."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = ["".join(KEYPAD.get(letter, "") for letter in word) for word in plain.split()]
    return ["".join(words[place:]) for place, word in enumerate(words) if word]
