"""Calls for 101, whose settings decide where they go, and what the log tells of them.

A row says what 101 has set, who calls, what then happens, and what the story of that call says. Callers from outside
come in over the trunk and call the number of ours that leads to 101.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from telephony.calls import story
from tests.rig.change_settings import Desk
from tests.rig.exchange import Exchange
from tests.rig.phones import Phone, Phones
from tests.rig.phones.call import Call

OUR_NUMBER = "+31201234567"
CUSTOMER = "+31612345678"
MOBILE = "+31687654321"
ELSEWHERE = "+31207654321"
INSIDE, OUTSIDE = "inside", "outside"


@dataclass(frozen=True)
class Row:
    """`then`: "rings N", "voicemail N", "busy", "answers" (a receptionist) or "calls +31…".

    `told`: what the story says, Dutch and English.
    """

    name: str
    caller: str
    settings: dict[str, Any]
    then: str
    told: tuple[str, str]
    without: frozenset[str] = field(default_factory=frozenset)  # phones that are not registered
    busy: frozenset[str] = field(default_factory=frozenset)  # phones that answer 486


def away(status: str, source: str, kind: str, target: str = "", **more: Any) -> dict[str, Any]:
    """101 has this status, and this forwarding for it."""
    rules = [(status, source, "always", kind, target)]
    return {"statuses": {"101": status}, "forwardings": {"101": rules}, **more}


def available(case: str, source: str, kind: str, target: str = "", **more: Any) -> dict[str, Any]:
    """101 is available, with this forwarding."""
    return {"forwardings": {"101": [("available", source, case, kind, target)]}, **more}


async def outside_line(exchange: Exchange, phones: Phones) -> Phone:
    """The provider's side of the trunk, where the customer calls from."""
    return await phones.direct(CUSTOMER, local_port=exchange.trunk_port, alone=True)


async def dial(exchange: Exchange, provider: Phone, anna: Phone, caller: str) -> Call:
    """Call 101: a colleague by the extension, a customer by the number that leads there."""
    if caller == INSIDE:
        return await anna.call("101")
    return await provider.call(f"sip:{OUR_NUMBER}@127.0.0.1:{exchange.instance.sip_port}")


async def story_of(exchange: Exchange, began: float, calls: int = 1) -> tuple[str, str]:
    """What is told of the first of the `calls` that began after that, in Dutch and in English."""
    row = (await exchange.logged(began, calls))[0]
    return "\n".join(story.tell(row["steps"], "nl")), "\n".join(story.tell(row["steps"], "en"))


async def goes_there(row: Row, exchange: Exchange, phones: Phones, desk: Desk) -> None:
    """Set what the row says, call, and see that the call goes there and that its story says so."""
    await desk.set(**row.settings)
    provider = await outside_line(exchange, phones)
    drawer = {
        number: await exchange.phone(phones, number, manner="busy" if number in row.busy else "ring")
        for number in {"100", "101", "102"} - row.without
    }
    began = time.time()
    call = await dial(exchange, provider, drawer["100"], row.caller)
    what, _space, where = row.then.partition(" ")
    if what == "busy":
        assert (await call.ended()).code == 486
    elif what in ("voicemail", "answers"):
        await call.answered()
        await call.hangup()
    else:
        ringing = await (provider if what == "calls" else drawer[where]).incoming()
        if what == "calls":
            assert ringing.invite is not None and where in ringing.invite.start
        await ringing.answer()
        await call.answered()
        await call.hangup()
        await ringing.ended()
    if row.then != "rings 101" and "101" in drawer and "no answer" not in row.name and "101" not in row.busy:
        await drawer["101"].not_called(0.05)
    dutch, english = await story_of(exchange, began)
    assert row.told[0] in dutch
    assert row.told[1] in english
    if what == "voicemail":
        assert f"voicemail van {where}" in dutch and f"voicemail of {where}" in english
