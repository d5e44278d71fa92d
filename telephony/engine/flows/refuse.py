"""The end of a call that reaches nobody: the caller hears why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telephony import routing
from telephony.sound import speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

PHRASES = {"not_registered": "Not Registered", "no_answer": "No Answer"}  # both are 480
OUTCOME_OF_REFUSAL = {404: "unknown", 503: "failed"}


@dataclass(frozen=True, slots=True)
class Result:
    """How ringing ended: `leg` answered, or nobody did and `code` is the step that says why.

    `mobile_of` is the extension that the mobile belongs to, "" for a phone; `voicemail` the extension whose mailbox
    has the call now, because the rung user wanted it so.
    """

    leg: Leg | None = None
    code: str = ""
    outcome: str = "no_answer"
    status: int = 0
    mobile_of: str = ""
    voicemail: str = ""


async def refuse(call: Call, caller: Leg, step: routing.Refuse, last: Result) -> None:
    """Say why, where nothing has said so yet, then end the call with a status that fits."""
    status = step.status or last.status or 480
    call.outcome = OUTCOME_OF_REFUSAL.get(status, last.outcome) if not call.answered else call.outcome
    call.reason = step.reason.code
    # Busy needs no words: the phone makes its own tone of it.
    if status != 486 or caller.answered:
        caller.early()
        language = call.exchange.language_of(caller.extension)
        absent = step.reason.code == "no_voicemail" and last.code == "not_registered"  # of one extension
        prompt = "not_registered" if absent else step.prompt
        path = await call.exchange.sound(speech.prompt, prompt, language)
        await caller.play(path)
    if not caller.answered:
        caller.hang_up(status, PHRASES.get(last.code, "") if status == 480 else "")
