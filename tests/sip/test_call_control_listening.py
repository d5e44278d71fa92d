"""Listening in, whispering and barging in; who may do what with a call."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from telephony.calls import control
from tests.rig.call_control import Hand, Refused, expect, listener
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones


async def test_who_listens_in_hears_both_and_is_heard_by_nobody(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    call, anna, bram, daan = await listener(exchange, phones, hand, "listen")
    await expect({anna: ("101",), bram: ("100",), daan: ("100", "101")})
    assert not hand.call(call)["conference"]
    # A transfer goes on as if nobody listened, and who did is let go.
    await bram.hangup()
    await anna.ended()
    await daan.ended()
    first, _second = await exchange.logged(began, 2)
    assert next(step for step in first["steps"] if step["code"] == "listens")["args"] == {"who": "103"}


async def test_a_whisper_is_heard_by_the_colleague_only(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    _call, anna, bram, daan = await listener(exchange, phones, hand, "whisper")
    await expect({anna: ("101",), bram: ("100", "103"), daan: ("100", "101")})
    await daan.hangup()
    await expect({anna: ("101",), bram: ("100",)})
    await anna.hangup()
    first, _second = await exchange.logged(began, 2)
    assert "whispers" in first["codes"]


async def test_who_barges_in_is_heard_by_all(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    began = time.time()
    call, anna, bram, daan = await listener(exchange, phones, hand, "barge")
    await expect({anna: ("101", "103"), bram: ("100", "103"), daan: ("100", "101")})
    with pytest.raises(Refused, match="103 is in this call already"):
        await hand.do("listen", call, extension="103")
    await hand.do("hangup", call)
    for one in (anna, bram, daan):
        await one.ended()
    first, _second = await exchange.logged(began, 2)
    assert "barged" in first["codes"]


async def test_who_may_do_what(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    call, _anna, _bram, _daan = await listener(exchange, phones, hand, "listen")
    seen = hand.call(call)

    def person(number: str, may_listen_in: bool = False) -> control.Person:
        return SimpleNamespace(number=number, may_listen_in=may_listen_in)

    for verb in sorted(control.OWN):
        assert control.may(person("100"), verb, seen), verb
        assert not control.may(person("102", may_listen_in=True), verb, seen), verb
    for verb in sorted(control.LISTEN):
        assert control.may(person("102", may_listen_in=True), verb, seen), verb
        assert not control.may(person("102"), verb, seen), verb
        assert not control.may(person("100", may_listen_in=True), verb, seen), verb
    # Who only listens in may leave, and nothing else.
    assert control.may(person("103"), "hangup", seen)
    assert str(control.why_not(person("103"), "transfer", seen)) == "103 only listens in."
    assert str(control.why_not(person("102"), "hold", seen)) == "102 is not in this call."
    assert not control.may(person("100"), "explode", seen)


async def test_nobody_can_hold_what_nobody_has_answered(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    ringing = await anna.call("101")
    at_bram = await bram.incoming()
    call = await hand.only("ringing")
    for verb in ("hold", "transfer", "park", "listen"):
        with pytest.raises(Refused, match="Nobody has answered this call yet"):
            await hand.do(verb, call, extension="100", number="102")
    assert str(
        control.why_not(SimpleNamespace(number="101", may_listen_in=False), "hold", hand.call(call))
    ) == ("101 has not answered this call yet.")
    await at_bram.answer()
    await ringing.answered()
    await hand.only()
    with pytest.raises(Refused, match="102 is not in this call"):
        await hand.do("hold", call, extension="102")
    with pytest.raises(Refused, match="A number is missing"):
        await hand.do("add", call, extension="100")
    with pytest.raises(Refused, match="100 is in this call already"):
        await hand.do("add", call, extension="101", number="100")
    with pytest.raises(Refused, match="A call cannot be asked to dance"):
        await hand.do("dance", call, extension="100")
    with pytest.raises(Refused, match="This call is not being recorded"):
        await hand.do("pause", call, extension="100", on=True)
