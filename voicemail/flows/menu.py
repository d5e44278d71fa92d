"""The voicemail menu by telephone: 999, extension, PIN, #, and then * plays the messages.

Keys: * messages, 9 options, then 8 greeting, then 0 record; # ends a recording, 0 saves it.
While a message plays: 5 repeat, 6 next, 7 delete, 8 call back, * back to the menu.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from telephony import routing
from telephony.engine.flows.handover import plan_for
from telephony.engine.state import CallState
from telephony.sound import speech
from voicemail import actions, selectors
from voicemail.flows.deposit import record, whole
from voicemail.models import Mailbox, Message

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

PIN_TRIES = 3
KEY_SECONDS = 6.0  # for the next key of a number
CHOICE_SECONDS = 8.0
PATIENCE = 3  # times that a menu is said again before the exchange says goodbye
DIGITS = "0123456789"
MENU_KEYS = "*9"


class CallBack(Exception):
    """The owner wants to call back the caller of a message."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


async def menu(call: Call, caller: Leg, _step: routing.Service) -> routing.Plan | None:
    """Run the menu until the caller hangs up, or wants to call somebody back: the plan for that."""
    try:
        await _menu(call, caller)
    except CallBack as back:
        call.move(CallState.ROUTING)
        return plan_for(call, caller.extension, back.number)
    return None


async def _menu(call: Call, caller: Leg) -> None:
    """Raises CallBack."""
    caller.answer()
    call.set_answered("voicemail menu")
    visit = Visit(call, caller)
    box = await visit.enter()
    if box is None:
        await visit.say("goodbye")
        caller.hang_up()
        return
    visit.language = box.extension.language
    choice = await visit.count(box)
    unanswered = 0
    while unanswered < PATIENCE:
        if choice == "*":
            await visit.messages(box)
        elif choice == "9":
            await visit.options(box)
        choice = await visit.ask("menu", MENU_KEYS)
        unanswered = 0 if choice else unanswered + 1
    await visit.say("goodbye")
    caller.hang_up()


class Visit:
    """One caller in the menu."""

    def __init__(self, call: Call, caller: Leg) -> None:
        self.call = call
        self.caller = caller
        self.exchange = call.exchange
        self.language = self.exchange.language_of(caller.extension)

    # --- words

    async def say(self, key: str) -> None:
        """Speak a prompt."""
        await self.caller.play(await self.exchange.sound(speech.prompt, key, self.language))

    async def ask(self, key: str, among: str, seconds: float = CHOICE_SECONDS) -> str:
        """Speak a prompt and return the key chosen, or "" for none."""
        path = await self.exchange.sound(speech.prompt, key, self.language)
        return await self.caller.play(path, stop_on=among) or await self.caller.digit(seconds, among)

    async def number(self, key: str) -> str:
        """Speak a prompt and collect digits until # or a pause."""
        typed = await self.ask(key, DIGITS + "#")
        while typed and typed[-1] != "#" and len(typed) < 12:
            digit = await self.caller.digit(KEY_SECONDS, DIGITS + "#")
            if not digit:
                break
            typed += digit
        return typed.rstrip("#")

    # --- the door

    async def enter(self) -> Mailbox | None:
        """The mailbox that the caller chooses and knows the PIN of; None after three wrong ones."""
        extension = self.caller.extension
        own = await self.exchange.in_thread(selectors.find_mailbox, extension) if extension else None
        box = own
        for _try in range(PIN_TRIES):
            if own is None:
                extension = await self.number("enter_extension")
                box = await self.exchange.in_thread(selectors.find_mailbox, extension)
            if box is not None and box.locked:
                self.call.step("mailbox_locked", extension=box.extension.number)
                await self.say("locked")
                return None
            pin = await self.number("enter_pin")
            # An unknown extension is asked for a PIN too: nobody learns which ones exist.
            if box is not None and await self.exchange.in_thread(box.check_pin, pin):
                await self.exchange.in_thread(actions.do_accept_pin, box)
                return box
            if box is not None:
                self.call.step("wrong_pin", extension=box.extension.number)
                await self.exchange.in_thread(actions.do_count_wrong_pin, box)
            await self.say("wrong_pin")
        return None

    # --- messages

    async def count(self, box: Mailbox) -> str:
        """Say how many messages there are; the key of the menu that was pressed meanwhile, "" for none."""
        new, old = await self.exchange.in_thread(selectors.count, box.extension.number)
        count = await self.exchange.sound(speech.speak, speech.message_count, new, old, self.language)
        return await self.caller.play(count, stop_on=MENU_KEYS)

    async def messages(self, box: Mailbox) -> None:
        """Play the messages, new ones first, each with its keys."""
        for message in await self.exchange.in_thread(_messages, box):
            key = await self.message(message)
            while key == "5":
                key = await self.message(message)
            if key == "7":
                await self.exchange.in_thread(actions.do_delete_message, message)
                await self.say("deleted")
            elif key == "8":
                raise CallBack(message.caller)
            elif key == "*":
                return
        await self.say("no_more_messages")

    async def message(self, message: Message) -> str:
        """Play one message; the key that was chosen, "" for the next one."""
        when = timezone.localtime(message.created)
        who, moment = message.caller_name or message.caller, f"{when:%H:%M}"
        header = await self.exchange.sound(speech.speak, speech.envelope, who, moment, self.language)
        key = await self.caller.play(header, stop_on="5678*")
        if not key and message.path.exists():
            try:
                key = await self.caller.play(message.path, stop_on="5678*")
            finally:
                # A caller who has heard enough hangs up.
                await self.exchange.in_thread(actions.do_mark_heard, message)
        key = key or await self.ask("message_keys", "5678*")
        return "" if key == "6" else key

    # --- greeting

    async def options(self, box: Mailbox) -> None:
        """9: options, 8: greeting, 0: record."""
        if await self.ask("options", "8*") != "8":
            return
        choice = await self.ask("greeting_options", "01*")
        if choice == "0":
            await self.record_greeting(box)
        elif choice == "1":
            await self.exchange.in_thread(actions.do_reset_greeting, box)
            await self.say("greeting_reset")

    async def record_greeting(self, box: Mailbox) -> None:
        """Record until #; 0 saves, 1 plays it, 2 records again."""
        part = box.folder / f"greeting-{self.call.id}.tmp.wav"
        await self.exchange.in_thread(lambda: box.folder.mkdir(parents=True, exist_ok=True))
        try:
            choice = await self.recorded(part, "record_greeting")
            if choice == "0":
                await self.exchange.in_thread(actions.do_save_greeting, box, part)
                await self.say("greeting_saved")
        finally:
            part.unlink(missing_ok=True)

    async def recorded(self, part: Path, words: str) -> str:
        """Record into `part` until the caller is content; the key chosen then: 0 saves, else "" or *."""
        choice = "2"
        while choice in ("1", "2"):
            if choice == "1":
                await self.caller.play(part, stop_on="#")
            elif not await self._record(part, words):
                return ""
            choice = await self.ask("save_greeting", "012*")
        return choice

    async def _record(self, part: Path, words: str) -> bool:
        """Ask for something to be said until something is; False when nothing comes of it."""
        for _turn in range(PATIENCE):
            if not self.exchange.disk_has_room(part.parent):
                await self.say("no_message")
                return False
            await self.say(words)
            await self.caller.play(speech.beep())
            silent = await record(self.call, self.caller, part)
            if await self.exchange.in_thread(whole, part, silent):
                return True
            await self.say("nothing_recorded")
        return False


def _messages(box: Mailbox) -> list[Message]:
    """New ones first, each group oldest first."""
    rows = Message.objects.filter(mailbox=box).select_related("mailbox__extension").order_by("created")
    return sorted(rows, key=lambda message: message.heard is not None)
