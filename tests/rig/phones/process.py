"""The asyncio end of a phone process: sends its commands, hands its events to whom they concern."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
COMMAND_SECONDS = 10.0


class PhoneError(AssertionError):
    """A phone could not do what was asked, or what was waited for did not come; the text tells what did."""


class Happenings:
    """The events of one phone or call in order, and waiting for one of them.

    An event is taken once: two waits in a row see two different ones.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.all: list[dict[str, Any]] = []
        self._taken: set[int] = set()
        self._changed = asyncio.Event()

    def add(self, event: dict[str, Any]) -> None:
        self.all.append(event)
        self._changed.set()
        self._changed = asyncio.Event()

    async def take(
        self, matches: Callable[[dict[str, Any]], bool], timeout: float, awaited: str
    ) -> dict[str, Any]:
        """The first event not yet taken that matches. Raises PhoneError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            for number, event in enumerate(self.all):
                if number not in self._taken and matches(event):
                    self._taken.add(number)
                    return event
            left = deadline - time.monotonic()
            if left <= 0:
                raise PhoneError(f"{self.name}: no {awaited} within {timeout:g} s. {self.story()}")
            await self._change(left)

    async def until(self, condition: Callable[[], bool], timeout: float, awaited: str) -> None:
        """Wait until something that events change is true. Raises PhoneError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise PhoneError(f"{self.name}: no {awaited} within {timeout:g} s. {self.story()}")
            await self._change(left)

    async def _change(self, timeout: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._changed.wait()

    def story(self, last: int = 12) -> str:
        """The last events in short, for the text of a failure."""
        if not self.all:
            return "Nothing happened."
        start = self.all[0]["at"]
        told = []
        for event in self.all[-last:]:
            keys = ("state", "code", "reason", "start", "digit", "to", "running", "codec")
            detail = " ".join(str(event[key]) for key in keys if event.get(key) not in (None, ""))
            told.append(f"{event['at'] - start:+.3f} s {event['event']} {detail}")
        return "What happened:\n  " + "\n  ".join(told)


def environment() -> dict[str, str]:
    """Ours, without the exchange's word to pjsua2 that it leaves most callbacks out: telephones want them all."""
    return {name: value for name, value in os.environ.items() if name != "PJSUA2_FEW_CALLBACKS"}


class PhoneProcess:
    """One `phone_process`. Start it with `await PhoneProcess.start(folder, name)`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self.process = process
        self.extensions: set[str] = set()  # one phone an extension: see `Phones.register`
        self.listeners: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._numbers = itertools.count(1)
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._orphans: dict[str, list[dict[str, Any]]] = {}
        self._ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, folder: Path, name: str) -> PhoneProcess:
        folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240
        log = folder / f"{name}.log"
        rtp_port = random.randrange(34000, 48000, 200)
        with (folder / f"{name}.stderr").open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.rig.phones.phone_process",
                str(log),
                str(rtp_port),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                limit=1 << 20,
                env=environment(),
            )
        phones = cls(name, process, log)
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                await phones._ready.wait()
        except TimeoutError:
            await phones.kill()
            raise PhoneError(f"phone process {name} did not start: {phones.last_words()}") from None
        return phones

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def do(self, verb: str, **arguments: Any) -> Any:
        """Send one command and await its answer. Raises PhoneError with the reason when it is refused."""
        if not self.alive:
            raise PhoneError(f"phone process {self.name} is gone: {self.last_words()}")
        number = next(self._numbers)
        reply: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._replies[number] = reply
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"n": number, "do": verb, **arguments}).encode() + b"\n")
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                return await reply
        except TimeoutError:
            raise PhoneError(f"phone process {self.name} does not answer to {verb}") from None
        finally:
            self._replies.pop(number, None)

    def listen(self, key: str, listener: Callable[[dict[str, Any]], None]) -> None:
        """Have events of the call or phone `key` handed over, those that came before included."""
        self.listeners[key] = listener
        for event in self._orphans.pop(key, []):
            listener(event)

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            event: dict[str, Any] = json.loads(line)
            if event["event"] == "ready":
                self._ready.set()
            elif event["event"] == "reply":
                self._answer(event)
            else:
                # an incoming call concerns the phone; everything after it concerns the call
                key = event["phone"] if "phone" in event else event["call"]
                listener = self.listeners.get(key)
                if listener:
                    listener(event)
                else:
                    self._orphans.setdefault(key, []).append(event)
        await self.process.wait()
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(PhoneError(f"phone process {self.name} died: {self.last_words()}"))

    def _answer(self, event: dict[str, Any]) -> None:
        reply = self._replies.get(event["n"])
        if reply is None or reply.done():
            return
        if "error" in event:
            reply.set_exception(PhoneError(event["error"]))
        else:
            reply.set_result(event["ok"])

    def last_words(self) -> str:
        """The end of its error output, and where its log is."""
        errors = self.log.with_suffix(".stderr")
        text = errors.read_text(errors="replace")[-1500:] if errors.exists() else ""
        return f"status {self.process.returncode}, log {self.log}\n{text}"

    async def close(self) -> None:
        """Hang up, unregister nothing, and end."""
        if self.alive:
            assert self.process.stdin
            self.process.stdin.close()
            try:
                async with asyncio.timeout(3):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
        await self._reading

    async def kill(self) -> None:
        """SIGKILL: the phones vanish from the network without a word."""
        if self.alive:
            self.process.kill()
        await self._reading
