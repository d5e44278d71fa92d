"""The network between one browser and the exchange, which a test can switch off and on.

    async with Network(exchange) as network:
        anna = await clients.sign_in("100", network=network)
        with network.off():
            ...

Off means: not a byte passes, and nobody is told. Pages, API, live data and SIP go through a proxy for TCP that holds
what it is given, as a cable that is out does until TCP sends it again; the sound goes by the relay, which stands
still. With `off(for_good=True)` what was connected stays dead, as when a laptop goes on in another network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from tests.rig.exchange import Exchange

CHUNK = 65_536  # bytes


class Network:
    """Use it as a context. `http_port` is where the browser finds the exchange, `socket_port` where it finds SIP."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._passes = asyncio.Event()  # a new one when what is connected is to wait for ever
        self._servers: list[asyncio.Server] = []
        self._pumps: set[asyncio.Task[None]] = set()
        self.http_port = self.socket_port = 0

    async def __aenter__(self) -> Self:
        self._passes.set()
        self.http_port = await self._lead_to(self._exchange.instance.http_port)
        self.socket_port = await self._lead_to(self._exchange.instance.ws_port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for pump in list(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def script(self) -> str:
        """Brings the page's SIP socket, whose address the exchange tells, to this network."""
        return f"""
            window.WebSocket = class extends window.WebSocket {{
                constructor(address, ...more) {{
                    const wanted = new URL(address, location.href);
                    if (wanted.port === "{self._exchange.instance.ws_port}") wanted.port = "{self.socket_port}";
                    super(wanted, ...more);
                }}
            }};
        """

    @contextmanager
    def off(self, *, for_good: bool = False) -> Iterator[None]:
        """Nothing passes inside."""
        relay = self._exchange.servers["relay"]
        self._passes.clear()
        if for_good:
            self._passes = asyncio.Event()
        relay.freeze(True)
        try:
            yield
        finally:
            relay.freeze(False)
            self._passes.set()

    async def _lead_to(self, port: int) -> int:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                await self._passes.wait()
                there, back = await asyncio.open_connection("127.0.0.1", port)
                self._pump(reader, back)
                self._pump(there, writer)
                return
            writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self._servers.append(server)
        found: int = server.sockets[0].getsockname()[1]
        return found

    def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        passes = self._passes

        async def pump() -> None:
            with suppress(OSError):
                while data := await source.read(CHUNK):
                    await passes.wait()
                    sink.write(data)
                    await sink.drain()
            await passes.wait()
            sink.close()

        task = asyncio.create_task(pump())
        self._pumps.add(task)
        task.add_done_callback(self._pumps.discard)
