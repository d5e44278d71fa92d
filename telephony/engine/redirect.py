"""A call that wants something of another media node: the edge takes it there.

The node that gets the INVITE knows which calls its caller may pick up, so it says where the call belongs:
it answers 302 with the other node's address, and the edge sends the same INVITE there (kamailio/calls.cfg). Only
slots, pick-ups and calls to resume are looked for; ordinary calls ask nobody. A caller who is in a call at another
node already is sent there, too (`elsewhere.py` knows that): only then can their phone join the two (RFC 3891).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from live import nodes
from telephony.engine.flows import pickup
from telephony.engine.flows.resume import wish
from telephony.routing.codes import PICK_UP_FROM

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.duties import Search
    from telephony.engine.leg import Leg
    from telephony.engine.node import Node
    from telephony.engine.sip import Invitation

NEVER = float("inf")


def search_for(exchange: Node[Call, Leg], invitation: Invitation) -> Search | None:
    """How to find the other node that has what this caller wants, if there is anything to find.

    What is returned works with Redis and returns an address or "".
    """
    dialled, by, name = invitation.dialled, invitation.extension, exchange.name
    if not by:
        return None
    if call := wish(dialled):
        return None if call in exchange.calls else partial(nodes.call_elsewhere, name, call)
    directory = exchange.directory
    if dialled in directory.parking:
        here = dialled in exchange.parking or dialled in directory.extensions
        return None if here else partial(nodes.slot_elsewhere, name, dialled)
    if found := PICK_UP_FROM.fullmatch(dialled):
        wanted = {found[1]} if found[1] else pickup.colleagues(exchange, by)
        ringing = pickup.find_ringing(exchange, by, wanted)
        before = NEVER if ringing is None else ringing.started
        return partial(nodes.ringing_elsewhere, name, wanted, by, before)
    return None
