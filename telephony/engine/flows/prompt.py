"""*5 and a prompt's number: an administrator speaks the prompt in, behind the PIN of their voicemail."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from telephony import prompts, speech
from telephony.engine.flows.deposit import record
from telephony.engine.flows.menu import Visit
from telephony.engine.media import settle, wav_seconds
from telephony.models import Extension, Prompt

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


async def record_prompt(call: Call, caller: Leg, number: str) -> None:
    """Record until #; then 0 saves, 1 plays it, 2 records again."""
    exchange = call.exchange
    caller.answer()
    call.set_answered("prompt")
    visit = Visit(call, caller)
    prompt = await exchange.in_thread(find, caller.extension, number)
    if prompt is None:
        call.step("prompt_refused", number=number)
        await visit.say("not_allowed")
        return
    if await visit.enter() is None:
        await visit.say("goodbye")
        return
    folder = exchange.instance.prompts
    part = folder / f"{uuid.uuid4().hex}.wav"
    saved = False
    try:
        choice = "2"
        while choice in ("1", "2"):
            if choice == "2":
                if not exchange.disk_has_room(folder):
                    await visit.say("no_message")
                    return
                await visit.say("record_prompt")
                await caller.play(speech.beep())
                await record(call, caller, part)
                await exchange.in_thread(settle, part)
            else:
                await caller.play(part, stop_on="#")
            choice = await visit.ask("save_greeting", "012*")
        if choice == "0" and await exchange.in_thread(keep, prompt, part):
            saved = True
            call.step("prompt_recorded", number=number)
            await visit.say("prompt_saved")
    finally:
        if not saved:
            part.unlink(missing_ok=True)
    await visit.say("goodbye")


def find(extension: str, number: str) -> Prompt | None:
    """The prompt, if the extension's owner may change prompts and has a PIN to prove who calls."""
    row = Extension.objects.select_related("user").filter(number=extension, mailbox__enabled=True).first()
    if row is None or not row.enabled or row.user is None:
        return None
    if not row.user.is_staff or not row.user.has_perm("telephony.change_prompt"):
        return None
    return Prompt.objects.filter(number=int(number)).first()


def keep(prompt: Prompt, part: Path) -> bool:
    """Take the recording as the prompt's sound; False when nothing was said."""
    if wav_seconds(part) < prompts.SHORTEST:
        return False
    prompts.do_save_prompt(prompt, part, Prompt.Source.PHONE)
    return True
