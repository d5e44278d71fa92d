"""What the edge tells the application, for tests to wait on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import redis


def until(true: Callable[[], bool], timeout: float = 20, *, every: float = 0.02) -> None:
    """Wait until something that announces itself nowhere is so; looks each `every` seconds. Raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so after {timeout} s")
        time.sleep(every)


class Events:
    """The stream kiestoon:edge from the moment that this was made."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url)
        last: Any = self.client.xrevrange("kiestoon:edge", count=1)
        self.position = last[0][0] if last else b"0"
        self.kept: list[dict[str, Any]] = []

    def wait(self, test: Callable[[dict[str, Any]], bool], timeout: float = 12) -> dict[str, Any]:
        """The first event that passes; those before it are kept. Raises TimeoutError."""
        for event in self.kept:
            if test(event):
                self.kept.remove(event)
                return event
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            # Shorter than the client's own time-out on a socket.
            wait = min(int(left * 1000) + 1, 1000)
            answer: Any = self.client.xread({"kiestoon:edge": self.position}, block=wait)
            for _stream, entries in answer:
                for identifier, fields in entries:
                    self.position = identifier
                    self.kept.append(json.loads(fields[b"event"].decode(errors="replace")))
            for event in self.kept:
                if test(event):
                    self.kept.remove(event)
                    return event
        raise TimeoutError(f"no such event in {timeout} s; got {self.kept}")
