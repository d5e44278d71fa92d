"""A browser whose page was loaded again calls `resume-<call>`: the same call goes on with a new leg."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telephony.engine.events import Replaced
from telephony.engine.state import CallState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg
    from telephony.engine.node import Node
    from telephony.engine.sip import Invitation

WISH = re.compile(r"resume-([0-9a-z]{13})")


def wish(dialled: str) -> str:
    """The id of the call that the caller wants back by dialling this, or ""."""
    found = WISH.fullmatch(dialled)
    return found[1] if found else ""


def resumes(exchange: Node[Call, Leg], leg: Leg, invitation: Invitation) -> bool:
    """Whether this INVITE wants a call back; if so `leg` has it now, or is refused."""
    call_id = wish(invitation.dialled)
    if call_id:
        resume(exchange, leg, call_id)
    return bool(call_id)


def resume(exchange: Node[Call, Leg], leg: Leg, call_id: str) -> None:
    """Let `leg` go on where the same extension's leg of this call was; without one it is refused with 481."""
    call = exchange.calls.get(call_id)
    if call is None or not leg.extension or call.state not in (CallState.TALKING, CallState.HELD):
        leg.hang_up(481)
        return
    # A leg that is waited for comes first; but a page loaded again may be faster than the news that it was gone.
    waited_for = [old for old in call.away if not old.alive]
    talking = [old for old in call.legs if old.alive and old.doing]
    mine = [old for old in (*waited_for, *talking) if old.extension == leg.extension and old.call is call]
    mine.sort(key=lambda old: (old.alive, old.device != leg.device))
    if not mine:
        leg.hang_up(481)
        return
    call.add(leg)
    leg.answer()
    call.inbox.put_nowait(Replaced(mine[0], leg, resumed=True))
