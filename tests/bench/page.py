"""Group `web`: how much a browser loads for the web client, and how soon it shows something, over a slow line."""

from __future__ import annotations

import asyncio
import json
import statistics
from dataclasses import dataclass

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from tests.bench.exchange import BenchError, Exchange
from tests.bench.figures import emit, note
from tests.rig.browser.pages import Pages

KBIT_S, LATENCY_MS, SLOWER = 1600, 150, 4  # a poor mobile network, a processor so many times slower
TIMES = 5
WAIT = 60_000  # ms
FILES = frozenset({"Document", "Script", "Stylesheet", "Font", "Image"})
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True, slots=True)
class Visit:
    """A first visit: ms until the first paint and until the team is there; bytes of files and of data on the line."""

    painted: float
    shown: float
    files: float
    data: float


def web(exchange: Exchange) -> None:
    """A person with an empty cache opens the web client, a few times over."""
    path = exchange.instance.var / "person.json"
    exchange.python("-m", "tests.bench.people", "1", str(path))
    (person,) = json.loads(path.read_text())
    path.unlink()
    note(f"web: {TIMES} first visits at {KBIT_S} kbit/s and {LATENCY_MS} ms")
    address = f"http://127.0.0.1:{exchange.instance.http_port}"
    try:
        visits = asyncio.run(_visits(address, person["session"]))
    except PlaywrightError as error:
        raise BenchError(f"the browser: {error}") from error
    line = {
        "visits": TIMES,
        "kbit_s": KBIT_S,
        "latency_ms": LATENCY_MS,
        "processor_slowed_down": SLOWER,
        "team": exchange.users,
    }
    painted = [visit.painted for visit in visits]
    shown = round(statistics.median(visit.shown for visit in visits))
    emit(
        "web.first_paint_ms",
        statistics.median(painted),
        "ms",
        highest_ms=round(max(painted)),
        team_ms=shown,
        **line,
    )
    files = statistics.median(visit.files for visit in visits)
    data = round(statistics.median(visit.data for visit in visits) / 1000, 1)
    emit("web.first_load_kb", files / 1000, "kB", data_kb=data, **line)


async def _visits(address: str, session: str) -> list[Visit]:
    found = []
    for _time in range(TIMES):
        async with Pages(address, session) as pages:
            found.append(await _visit(await (await pages.context("light", 1280)).new_page(), address))
    return found


async def _visit(page: Page, address: str) -> Visit:
    devtools = await page.context.new_cdp_session(page)
    sizes = await _slow_down(devtools)
    await page.goto(f"{address}/team", wait_until="commit", timeout=WAIT)
    await page.locator(".person").first.wait_for(timeout=WAIT)
    shown = float(await page.evaluate("performance.now()"))
    painted = float(await page.evaluate(PAINTED))
    files = sum(size for kind, size in sizes if kind in FILES)
    return Visit(painted, shown, files, sum(size for _kind, size in sizes) - files)


async def _slow_down(devtools: CDPSession) -> list[tuple[str, float]]:
    """From now on a slow line and processor; the list gets the kind and the bytes of each answer."""
    kinds: dict[str, str] = {}
    sizes: list[tuple[str, float]] = []
    devtools.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    devtools.on(
        "Network.loadingFinished",
        lambda e: sizes.append((kinds.get(e["requestId"], ""), e["encodedDataLength"])),
    )
    await devtools.send("Network.enable")
    rate = KBIT_S * 1000 / 8
    line = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": rate, "uploadThroughput": rate}
    await devtools.send("Network.emulateNetworkConditions", line)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return sizes
