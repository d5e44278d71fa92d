"""Web clients hear of a call from the ledger of the media node, and of a registration from the agent of the edge."""

from __future__ import annotations

import json
from typing import Any

from api.live.audience import news
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones


def heard(exchange: Exchange, extension: str, since: str) -> list[dict[str, Any]]:
    """What the client of `extension` is told after an event."""
    found = []
    for _id, fields in exchange.redis("XRANGE", "kiestoon:events", f"({since}", "+"):
        entry = dict(zip(fields[::2], fields[1::2], strict=True)) if isinstance(fields, list) else fields
        told = news(entry["event"], entry.get("user", ""), frozenset())
        text = told.some.get(("extension", extension), told.everybody)
        if text:
            found.append(json.loads(text))
    return found


async def test_both_parties_hear_of_their_call_and_nobody_else_does(
    exchange: Exchange, phones: Phones
) -> None:
    since = exchange.redis("XADD", "kiestoon:events", "*", "event", '{"kind": "test"}')
    anna = await exchange.phone(phones, "100")
    bert = await exchange.phone(phones, "101")

    def registered() -> bool:
        return any(
            event["kind"] == "registration" and event["devices"] for event in heard(exchange, "100", since)
        )

    await eventually(registered, 5, "the registration")
    call = await anna.call("101")
    await (await bert.incoming()).answer()
    await call.answered()

    def talking() -> list[str]:
        calls = [event for event in heard(exchange, "101", since) if event["kind"] == "call"]
        return [event["id"] for event in calls[-1:] if event["call"] and event["call"]["state"] == "talking"]

    # What becomes of the calls of the test before may be told meanwhile, too.
    (this,) = await eventually(talking, 5, "the call of 101")
    await call.hangup()

    def logged(extension: str) -> list[dict[str, Any]]:
        events = [event for event in heard(exchange, extension, since) if event["kind"] == "logged"]
        return [event["entry"] for event in events if event["entry"]["id"] == this]

    (entry,) = await eventually(lambda: logged("101"), 5, "the entry in the log")
    assert (entry["arrow"], entry["number"]) == ("in", "100")

    def told(extension: str) -> list[dict[str, Any]]:
        events = [event for event in heard(exchange, extension, since) if event["kind"] == "call"]
        return [event for event in events if event["id"] == this]

    await eventually(lambda: told("100")[-1]["call"] is None, 5, "the call to be over for who called")

    def lines() -> list[str]:
        return [event["state"] for event in heard(exchange, "103", since) if event["kind"] == "extension"]

    await eventually(lambda: lines()[-1] == "idle", 5, "the line to be free")
    assert "busy" in lines(), "lines are everybody's"
    assert not told("103") and not logged("103")
