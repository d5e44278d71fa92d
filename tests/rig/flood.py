"""An application for `pbxsite.run.serve` that answers with what was asked for: "<how many> <how long> <seconds>"."""

from __future__ import annotations

import asyncio
from typing import Any

from pbxsite.http.sockets import EXTENSION, frame_of


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        return
    outlet = scope["extensions"][EXTENSION]
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            continue
        count, size, pause = message["text"].split()
        for number in range(int(count)):
            outlet.send(frame_of(f"{number:08d}".ljust(int(size), ".")))
        if float(pause):
            await asyncio.sleep(float(pause))
            outlet.push()
            await send({"type": "websocket.close", "code": 4401})
