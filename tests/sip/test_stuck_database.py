"""A database that hangs or is away: calls are made, shown and announced all the same, and end up in the log."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import live
from telephony.edge import rpc
from tests.rig.conversations import talk
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones

STUCK = ("100", "101", "102", "103")  # as many as there are threads for the database


@contextmanager
def locked(exchange: Exchange) -> Iterator[None]:
    """Nobody else can write to the database."""
    with closing(
        sqlite3.connect(exchange.instance.var / "db.sqlite3", isolation_level=None, timeout=10)
    ) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
        lock.execute("ROLLBACK")


async def test_live_calls_are_shown_while_the_log_cannot_be_written(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    with locked(exchange):
        call, answered = await talk(exchange, phones, "100", "101")
        await eventually(exchange.live_ids, 2, "the call to be shown")
        await asyncio.sleep(1.5)  # now it is to be logged, and that hangs
        await call.hangup()
        await answered.ended()
        await eventually(lambda: not exchange.live_ids(), 2, "the call to be shown no more")
        again = await call.phone.call("*43")
        await eventually(exchange.live_ids, 2, "the next call to be shown")
        await again.hangup()
        assert exchange.calls_since(began) == []
    await exchange.logged(began, 2)


async def test_callers_hear_announcements_while_every_database_thread_waits(
    exchange: Exchange, phones: Phones
) -> None:
    stuck = [await exchange.phone(phones, number) for number in STUCK]
    eva = await exchange.phone(phones, "104")
    with locked(exchange):
        calls = [await phone.call("*31") for phone in stuck]  # my status is: away
        await eventually(lambda: len(exchange.live_ids()) == len(STUCK), 5, "the calls to be shown")
        call = await eva.call("199")
        await call.received(183, 3)
        assert (await call.listen(2)).sounding(), "nothing was said"
        assert [waiting.end for waiting in calls] == [None] * len(STUCK)
    for waiting in calls:
        await waiting.ended(15)
    for phone in stuck:
        available = await phone.call("*30")
        await available.ended(15)


async def test_a_call_that_the_database_did_not_take_before_the_node_was_stopped_is_in_the_log(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    media = exchange.servers["media"]
    with locked(exchange):
        call, answered = await talk(exchange, phones, "100", "101")
        await call.hangup()
        await answered.ended()
        await eventually(lambda: not exchange.live_ids(), 2, "the call to be over")
        await asyncio.to_thread(media.stop)
        assert exchange.calls_since(began) == []
    await asyncio.to_thread(media.start)
    await is_whole(exchange, began)
    await taken_again(exchange)


async def test_a_call_that_waits_for_the_database_outlives_a_node_that_is_killed(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    media = exchange.servers["media"]
    exchange.rename("telephony_callleg", "telephony_callleg_away")
    try:
        call, answered = await talk(exchange, phones, "100", "101")
        await call.hangup()
        await answered.ended()
        await eventually(lambda: spilled(exchange), 5, "the call to be in the file")
        media.kill()
    finally:
        exchange.rename("telephony_callleg_away", "telephony_callleg")
    await asyncio.to_thread(media.start)
    await is_whole(exchange, began)
    await taken_again(exchange)


async def test_a_call_that_ends_while_the_database_hangs_outlives_a_node_that_is_killed_at_once(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    media = exchange.servers["media"]
    with locked(exchange):
        call, answered = await talk(exchange, phones, "100", "101")
        await eventually(exchange.live_ids, 2, "the call to be shown")
        await call.hangup()
        await answered.ended()
        await eventually(lambda: not exchange.live_ids(), 2, "the call to be shown no more")
        media.kill()
        assert exchange.calls_since(began) == [] and not spilled(exchange)
    await asyncio.to_thread(media.start)
    await is_whole(exchange, began)
    assert exchange.redis("HLEN", live.ENDED.format(node=exchange.instance.node)) == 0
    await taken_again(exchange)


def spilled(exchange: Exchange) -> bool:
    return any(exchange.instance.var.glob("unlogged-*.jsonl"))


async def is_whole(exchange: Exchange, began: float) -> None:
    """The one call since `began` is in the log with both its legs, and nothing waits any more."""
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["caller"], row["dialled"]) == ("answered", "100", "101")
    legs = exchange.rows("SELECT number FROM telephony_callleg WHERE call_id = ? ORDER BY id", row["id"])
    assert [leg["number"] for leg in legs] == ["100", "101"]
    assert not spilled(exchange)


async def taken_again(exchange: Exchange) -> None:
    """The edge has noticed that the media node is back."""

    def up() -> bool:
        return all(node.up for node in rpc.dispatcher(to=exchange.instance))

    await eventually(up, 15, "the edge to give calls to the node again")
