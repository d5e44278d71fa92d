"""INVITE with Replaces (RFC 3891): who talks goes on with another telephone of theirs; nobody else gets the call."""

from __future__ import annotations

import re
import time

from tests.rig.edge.agents import SDP, Message, Phone, request_for
from tests.rig.edge.wires import UdpWire
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.raw_sip import phone_by_hand, sound_sockets


def replaces(answer: Message) -> tuple[str, str]:
    """The header that asks for the place of who got this 200."""
    tags = {name: re.sub(r".*;tag=", "", answer[name]) for name in ("From", "To")}
    return "Replaces", f"{answer['Call-ID']};to-tag={tags['To']};from-tag={tags['From']}"


def dials(phone: Phone, number: str, *headers: tuple[str, str]) -> Message:
    """The final answer to a call; a good one is acknowledged."""
    answer = phone.final(phone.invite(number, *headers))
    if answer.status == 200:
        phone.send(phone.within("ACK", answer))
    return answer


async def test_who_talks_goes_on_with_another_telephone_of_theirs(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    bram = await exchange.phone(phones, "101", manner="answer")
    desk, softphone, stranger = (phone_by_hand(exchange, name) for name in ("104", "104-2", "102"))
    first = dials(desk, "101")
    at_bram = await bram.incoming()
    assert dials(stranger, "101", replaces(first)).status == 403
    second = dials(softphone, "101", replaces(first))
    assert second.status == 200
    bye = desk.expect(request_for("BYE"))
    desk.send(bye.answer(200))
    assert at_bram.end is None
    softphone.send(softphone.within("BYE", second))
    await at_bram.ended()
    (row,) = await exchange.logged(began)
    assert row["codes"][-2:] == ["replaced", "hung_up"]
    for one in (desk, softphone, stranger):
        one.close()


async def test_a_call_that_is_no_conversation_is_taken_over_by_nobody(exchange: Exchange) -> None:
    desk, softphone, stranger = (phone_by_hand(exchange, name) for name in ("104", "104-2", "102"))
    first = dials(desk, "*43")
    assert dials(softphone, "*43", replaces(first)).status == 481
    assert dials(stranger, "*43", replaces(first)).status == 403
    bye = desk.within("BYE", first)
    desk.send(bye)
    assert desk.final(bye).status == 200
    await eventually(lambda: sound_sockets(exchange) == 0, 10, "the last leg to go")
    for one in (desk, softphone, stranger):
        one.close()


async def test_a_call_that_is_being_hung_up_leaves_nothing_behind_for_who_wants_its_place(
    exchange: Exchange, phones: Phones
) -> None:
    bram = await exchange.phone(phones, "101", manner="answer")
    desk, softphone = (phone_by_hand(exchange, name) for name in ("104", "104-2"))
    first = dials(desk, "101")
    await (await bram.incoming()).hangup()
    desk.expect(request_for("BYE"))  # without an answer it is still being hung up
    if dials(softphone, "101", replaces(first)).status == 200:
        softphone.send(softphone.expect(request_for("BYE"), 20).answer(200))
    await eventually(lambda: sound_sockets(exchange) == 0, 10, "the last leg to go")
    for one in (desk, softphone):
        one.close()


async def test_no_other_program_of_this_machine_calls_in_somebodys_name(exchange: Exchange) -> None:
    """The media node's port is open to every local user; calls come to it through the edge only."""
    began = time.time()
    program = Phone(UdpWire(("127.0.0.1", exchange.instance.media_port)), "100", "")
    body = SDP.format(host="127.0.0.1", port=9000)
    request = program.build("INVITE", "sip:*43@kiestoon", ("X-Kiestoon-Extension", "100"), body=body)
    program.send(request)
    assert program.final(request).status == 403
    assert exchange.calls_since(began) == []
    await eventually(lambda: sound_sockets(exchange) == 0, 10, "the last leg to go")
    program.close()
