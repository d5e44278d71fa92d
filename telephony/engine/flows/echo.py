"""The echo test: callers hear themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony import routing
from telephony.sound import speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

LONGEST = 300.0  # seconds


async def echo(call: Call, caller: Leg, _step: routing.Service) -> None:
    """Play back what the caller says until they hang up or press #."""
    caller.answer()
    call.set_answered("echo")
    language = call.exchange.language_of(caller.extension)
    await caller.play(await call.exchange.sound(speech.prompt, "echo", language), speech.beep())
    call.exchange.endpoint.patch.link(caller, caller)
    await caller.digit(LONGEST, among="#")
