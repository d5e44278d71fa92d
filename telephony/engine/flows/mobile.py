"""A user's mobile that rings beside the phones: its answer counts only when a 1 is pressed.

Otherwise a mobile that is switched off would take every call with its own voicemail.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telephony.engine.events import Accepted
from telephony.engine.leg import HungUp
from telephony.engine.trunk_responses import is_trunks_fault
from telephony.sound import speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg
    from telephony.routing.entries import Mobile

KEY = "1"
CONFIRM_SECONDS = 15.0
PAUSE = 1.5  # seconds between two times that the prompt is said


class RungMobile:
    """One mobile: `leg` is the attempt that goes on, over one line after the other."""

    def __init__(self, call: Call, mobile: Mobile, caller_number: str) -> None:
        self.call = call
        self.mobile = mobile
        self.leg: Leg | None = None
        self.asked_until = 0.0
        self._caller_number = caller_number
        self._lines = iter(mobile.lines)
        self._asking: asyncio.Task[None] | None = None

    def dial(self) -> bool:
        """Try the next line; False when there is none left."""
        for line in self._lines:
            self.leg = self.call.exchange.dial_outside(self.call, line, self._caller_number)
            if self.leg is not None:
                return True
        self.leg = None
        return False

    def goes_on(self) -> bool:
        """The leg has ended: whether another line is tried now."""
        leg = self.leg
        if leg is None or leg.answered_at is not None:
            return False
        return is_trunks_fault(leg.status, rang=False) and self.dial()

    def ask(self) -> None:
        """Somebody, or something, answered: have a 1 pressed. Puts `Accepted` into the inbox, or hangs up."""
        if self._asking is None:
            loop = self.call.exchange.loop
            self.asked_until = loop.time() + CONFIRM_SECONDS
            self._asking = loop.create_task(self._ask())

    async def _ask(self) -> None:
        leg, exchange = self.leg, self.call.exchange
        assert leg is not None
        try:
            language = exchange.language_of(self.mobile.extension)
            prompt = await exchange.sound(speech.prompt, "press_1", language)
            async with asyncio.timeout_at(self.asked_until):
                while not (await leg.play(prompt, stop_on=KEY) or await leg.digit(PAUSE, among=KEY)):
                    pass
            self.call.inbox.put_nowait(Accepted(leg))
        except HungUp:
            pass
        except (TimeoutError, OSError, speech.SpeechError):
            leg.hang_up()

    def close(self, winner: Leg | None) -> None:
        """No more asking; hang up unless this is the leg that got the call."""
        if self._asking is not None:
            self._asking.cancel()
        if self.leg is not None and self.leg is not winner:
            self.leg.hang_up() if winner is None else self.leg.cancel_elsewhere()
