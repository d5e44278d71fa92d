"""Group `conference`: thirty parties in one call, all of whom talk."""

from __future__ import annotations

import json
import time
from typing import Any

import redis
from celery import Celery

from tests.bench import sound
from tests.bench.cpu import Meter
from tests.bench.exchange import CALLER, FIRST_USER, PATH, BenchError, Exchange
from tests.bench.figures import cost, emit, note
from tests.bench.load import Callee, RtpLoad, call, register_many

PATIENCE = 30.0  # seconds until all are there


def conference(exchange: Exchange, parties: int = 30, seconds: float = 20) -> None:
    """One call of so many parties, measured for `seconds` when all are in it."""
    note(f"conference: {parties} parties")
    numbers = [str(FIRST_USER + index) for index in range(parties - 1)]
    speech = sound.speech_file(exchange.work)
    streams = RtpLoad(exchange.work, parties, speech)
    callee = Callee(exchange, numbers[0], streams.ports[1:])
    streams.follow(callee.sipp.log)
    register_many(exchange, numbers, 50, len(numbers), contact=f"127.0.0.1:{callee.port}")
    life = PATIENCE + seconds + 15
    caller = call(exchange, [(CALLER, numbers[0], streams.ports[0])], rate=1, calls=1, seconds=life)
    streams.follow(caller.log)
    try:
        _gather(exchange, numbers[1:], parties)
        time.sleep(2)
        streams.mark()
        meter = Meter(exchange.pids, [callee.pid, caller.pid, streams.pid])
        time.sleep(seconds)
        used = meter.read()
        heard = streams.report()
        if _parties(exchange) != parties:
            raise BenchError("somebody left the conference before its end")
    finally:
        caller.stop()
        callee.stop()
        streams.close()
    minutes = parties * used.seconds / 60
    emit(
        f"conference.{parties}.cpu_s_per_party_min",
        used.total(PATH) / minutes,
        "CPU s",
        parties=parties,
        lost=heard.lost,
        missing=heard.missing,
        streams=heard.streams,
        **cost(used, minutes),
    )


def _gather(exchange: Exchange, numbers: list[str], parties: int) -> None:
    """Have everybody called into the one call."""
    deadline = time.monotonic() + PATIENCE
    while not (call_id := _call(exchange).get("id")) or _call(exchange)["state"] != "talking":
        _wait(deadline)
    client = Celery(
        broker=exchange.instance.redis_url, backend=exchange.instance.redis_url, set_as_current=False
    )
    for number in numbers:
        task = client.send_task(
            "telephony.command",
            ("add", call_id, {"extension": CALLER, "number": number}),
            queue=exchange.instance.media_queue,
        )
        answer = task.get(timeout=10)
        if not answer["ok"]:
            raise BenchError(f"{number} was not called: {answer['error']}")
    while _parties(exchange) < parties:
        _wait(deadline)


def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise BenchError("the conference did not come together")
    time.sleep(0.2)


def _call(exchange: Exchange) -> dict[str, Any]:
    """The conference; nothing before it is there."""
    client = redis.Redis.from_url(exchange.instance.redis_url, decode_responses=True)
    try:
        texts: Any = client.hvals(f"kiestoon:calls:{exchange.instance.node}")
    finally:
        client.close()
    calls = [json.loads(text) for text in texts]
    return min((one for one in calls if not one["home"]), key=lambda one: one["started"], default={})


def _parties(exchange: Exchange) -> int:
    return sum(party["state"] == "talking" for party in _call(exchange).get("parties", ()))
