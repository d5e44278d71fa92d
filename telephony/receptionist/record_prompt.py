"""*5 and a prompt's number: an administrator speaks the prompt in, behind the PIN of their voicemail."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from telephony import routing
from telephony.extensions.models import Extension
from telephony.sound import prompts
from telephony.sound.models import Prompt
from voicemail.flows.menu import Visit

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


async def record_prompt(call: Call, caller: Leg, step: routing.Service) -> None:
    """Record until #; then 0 saves, 1 plays it, 2 records again."""
    exchange, number = call.exchange, step.target
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
        choice = await visit.recorded(part, "record_prompt")
        if choice == "0":
            await exchange.in_thread(prompts.do_save_prompt, prompt, part, Prompt.Source.PHONE)
            saved = True
            call.step("prompt_recorded", number=number)
            await visit.say("prompt_saved")
    finally:
        if not saved:
            part.unlink(missing_ok=True)
    await visit.say("goodbye")


def find(extension: str, number: str) -> Prompt | None:
    """The prompt, if the extension's owner may change prompts and has a PIN to prove it."""
    row = Extension.objects.select_related("user").filter(number=extension, mailbox__enabled=True).first()
    if row is None or not row.enabled or row.user is None:
        return None
    if not row.user.is_staff or not row.user.has_perm("telephony.change_prompt"):
        return None
    return Prompt.objects.filter(number=int(number)).first()
