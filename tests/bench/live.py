"""Group `live`: what fifty people's clients ask, and how soon a thousand of them hear of a status."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time

from tests.bench.cpu import Meter
from tests.bench.exchange import BenchError, Exchange
from tests.bench.figures import emit, note
from tests.bench.probe import percentile
from tests.bench.web import Http, Socket, WebError

USERS = 50
SOCKETS = 1000
SECONDS = 20.0
THINK = 1.0  # seconds between two requests of one person, on average
CHANGES = 40
APART = 0.4  # seconds between two changes
CONNECTING = 40  # sockets that open at the same time

# What a client asks in a working day, and how often: lists that are looked at, a status that is changed.
MIX: tuple[tuple[int, str, str, object], ...] = (
    (4, "GET", "/api/v1/people", None),
    (4, "GET", "/api/v1/calls", None),
    (3, "GET", "/api/v1/snapshot", None),
    (2, "GET", "/api/v1/calls/live", None),
    (2, "GET", "/api/v1/voicemail", None),
    (1, "GET", "/api/v1/devices", None),
    (1, "GET", "/api/v1/me", None),
    (1, "PUT", "/api/v1/presence", {"status": "away", "message": "Back soon"}),
    (1, "PUT", "/api/v1/presence", {"status": "available", "message": ""}),
)


def live(exchange: Exchange) -> None:
    """1,000 sockets and a status that changes, then API calls of 50 users beside each other."""
    path = exchange.instance.var / "people.json"
    exchange.python("-m", "tests.bench.people", str(max(USERS, SOCKETS)), str(path))
    people = [entry["session"] for entry in json.loads(path.read_text())]
    path.unlink()
    try:
        # The sockets first: what they add to a web process that has served nothing yet.
        asyncio.run(_fanout(exchange, people[:SOCKETS]))
        asyncio.run(_api(exchange, people[:USERS]))
    except (OSError, WebError, asyncio.IncompleteReadError) as error:
        raise BenchError(f"the web process: {error}") from error


async def _api(exchange: Exchange, sessions: list[str]) -> None:
    port = exchange.instance.http_port
    browsers = [Http(port, session) for session in sessions]
    await asyncio.gather(*(browser.ask("GET", "/api/v1/me") for browser in browsers))
    for name, think in (("p95", THINK), ("per_s", 0.0)):
        note(f"live: {len(browsers)} users for {SECONDS:g} s, {think:g} s between two requests")
        meter = Meter(exchange.pids)
        began = time.monotonic()
        results = await asyncio.gather(*(_use(browser, think) for browser in browsers))
        seconds = time.monotonic() - began
        used = meter.read()
        taken = [took for result in results for took in result]
        conditions = {
            "users": len(browsers),
            "extensions": exchange.users,
            "requests": len(taken),
            "p50_ms": round(percentile(taken, 0.5) * 1000, 1),
            "p99_ms": round(percentile(taken, 0.99) * 1000, 1),
            "web_cpu_ms_per_request": round(used.cpu["web"] / len(taken) * 1000, 2),
            "waiting_for_cpu": round(used.waiting, 3),
            "yardstick_ms": round(used.yardstick, 2),
        }
        if name == "p95":
            emit("api.p95_ms_50_users", percentile(taken, 0.95) * 1000, "ms", think_s=think, **conditions)
        else:
            emit("api.per_s", len(taken) / seconds, "requests/s", **conditions)
    for browser in browsers:
        browser.close()


async def _use(browser: Http, think: float) -> list[float]:
    """One person at work."""
    taken: list[float] = []
    end = time.monotonic() + SECONDS
    weights = [weight for weight, *_rest in MIX]
    await asyncio.sleep(random.random() * think)
    while time.monotonic() < end:
        _weight, method, path, body = random.choices(MIX, weights)[0]
        taken.append(await browser.ask(method, path, body))
        if think:
            await asyncio.sleep(random.expovariate(1 / think))
    return taken


async def _fanout(exchange: Exchange, sessions: list[str]) -> None:
    note(f"live: {len(sessions)} sockets")
    port = exchange.instance.http_port
    before = exchange.memory("web")
    gate = asyncio.Semaphore(CONNECTING)

    async def connect(session: str) -> Socket:
        async with gate:
            return await Socket.open(port, session)

    began = time.monotonic()
    sockets = await asyncio.gather(*(connect(session) for session in sessions))
    connecting = time.monotonic() - began
    await asyncio.sleep(2)
    grown = exchange.memory("web") - before
    emit(
        "live.web_mb_per_1000_sockets",
        grown * 1024**2 / 1e6 * 1000 / len(sockets),
        "MB",
        sockets=len(sockets),
        before_mib=round(before, 1),
        opened_in_s=round(connecting, 1),
    )
    changer = Http(port, sessions[0])
    meter = Meter(exchange.pids)
    delays: list[float] = []
    unheard = 0
    for number in range(CHANGES):
        text = f"change {number} of {CHANGES}"
        for socket in sockets:
            socket.wait_for(text.encode())
        started = time.perf_counter()
        await changer.ask("PUT", "/api/v1/presence", {"status": "away", "message": text})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(socket.came.wait() for socket in sockets)), 5)
        delays += [socket.heard - started for socket in sockets if socket.heard]
        unheard += sum(1 for socket in sockets if not socket.heard)
        await asyncio.sleep(APART)
    used = meter.read()
    emit(
        "live.fanout_1000_p99_ms",
        percentile(delays, 0.99) * 1000,
        "ms",
        sockets=len(sockets),
        changes=CHANGES,
        unheard=unheard,
        p50_ms=round(percentile(delays, 0.5) * 1000, 1),
        max_ms=round(max(delays, default=0) * 1000, 1),
        web_cpu_ms_per_change=round(used.cpu["web"] / CHANGES * 1000, 1),
        waiting_for_cpu=round(used.waiting, 3),
        yardstick_ms=round(used.yardstick, 2),
    )
    for socket in sockets:
        socket.close()
    changer.close()
