"""A whole exchange for the call tests: Redis, relay, edge, media worker and agent, with a small company."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Self, TypeVar

import redis

from pbxsite.instance import ROOT, Instance
from telephony.edge import config, peers, rpc
from tests.rig.phones import Phone, Phones
from tests.rig.servers import Server, Servers, free_ports

Found = TypeVar("Found")

LONGEST_MESSAGE = 15  # seconds; more than the 8 of silence that end one, less than the 60 outside of tests
READ_SECONDS = 10.0  # a change is read by the media node within this time
CHANGE = """
import django; django.setup()
from django.db import transaction
from live.changes import announce_change
from telephony.models import *
with transaction.atomic():
{statements}
    transaction.on_commit(announce_change)
"""
LOG_SECONDS = 5.0  # the call log is written within this time


class Exchange:
    """One exchange on free ports. `phones` of a test register with it by extension."""

    def __init__(self, folder: Path, **environ: str) -> None:
        quick = {"KIESTOON_DRAIN_SECONDS": "0", "KIESTOON_VOICEMAIL_SECONDS": str(LONGEST_MESSAGE)}
        self.servers = Servers(folder, **quick, **environ)
        self.instance: Instance = self.servers.instance
        self.trunk_port = free_ports(1)[0]
        self._python = [sys.executable]

    def __enter__(self) -> Self:
        self.run("-m", "tests.rig.exchange_rows", f"127.0.0.1:{self.trunk_port}")
        peer = peers.TrunkPeer(id=1, host="127.0.0.1", port=self.trunk_port)
        self.render(peer)
        self.servers.start("redis", "relay", "edge")
        self.start_media()
        self.servers.add("agent", [*self._python, str(ROOT / "manage.py"), "edge_agent"])
        return self

    def __exit__(self, *_error: object) -> None:
        self.servers.__exit__(None, None, None)

    def render(self, peer: peers.TrunkPeer) -> None:
        """Write what the edge reads."""
        config.render(self.instance, trunks=[peer])

    def start_media(self) -> Server:
        """Start the media worker, as the supervisor does."""
        worker = ["-m", "celery", "-A", "telephony.engine.worker", "worker", "--pool", "threads", "-c", "4"]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        return self.servers.add(
            "media",
            [*self._python, *worker, *quiet, "--queues", self.instance.media_queue, "-n", "media@test"],
            self._media_ready,
        )

    def _media_ready(self, port: int = 0) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            host, port = "127.0.0.1", port or self.instance.media_port
            probe.bind((host, 0))
            own = probe.getsockname()[1]
            lines = [
                f"OPTIONS sip:{host}:{port} SIP/2.0",
                f"Via: SIP/2.0/UDP {host}:{own};branch=z9hG4bK{time.monotonic_ns()};rport",
                f"From: <sip:test@{host}>;tag=1",
                f"To: <sip:{host}:{port}>",
                f"Call-ID: {time.monotonic_ns()}",
                "CSeq: 1 OPTIONS",
                "Max-Forwards: 5",
                "Content-Length: 0",
                "\r\n",
            ]
            try:
                probe.sendto("\r\n".join(lines).encode(), (host, port))
                return probe.recv(2000).startswith(b"SIP/2.0 200")
            except OSError:
                return False

    # --- phones

    async def phone(self, phones: Phones, username: str, **options: Any) -> Phone:
        """A phone registered with the secret that the test company gave it."""
        extension = username.partition("-")[0]
        port = {"tls": self.instance.tls_port}.get(options.get("transport", ""), self.instance.sip_port)
        return await phones.register(
            username, f"secret{username}", "127.0.0.1", port, extension=extension, **options
        )

    # --- what happened

    def run(self, *arguments: str) -> str:
        """Run Python with this instance's settings; its output."""
        done = subprocess.run(
            [*self._python, *arguments],
            cwd=ROOT,
            env={**self.servers.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} failed: {done.stdout[-1000:]} {done.stderr[-2000:]}")
        return done.stdout

    def change(self, statements: str) -> None:
        """Change the company as an administrator does, at once; returns when the media node has read it."""
        import live

        key = live.DIRECTORY_READ.format(node=self.instance.node)
        before = int(self.redis("GET", key) or 0)
        self.run("-c", CHANGE.format(statements=textwrap.indent(statements, "    ")))
        deadline = time.monotonic() + READ_SECONDS
        while int(self.redis("GET", key) or 0) <= before:
            assert time.monotonic() < deadline, "the media node has not read the change"
            time.sleep(0.05)

    async def manage(self, *arguments: str) -> str:
        """`manage.py …` without blocking the test's phones."""
        return await asyncio.to_thread(self.run, "manage.py", *arguments)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of the exchange's database."""
        with sqlite3.connect(
            f"file:{self.instance.var / 'db.sqlite3'}?mode=ro", uri=True, timeout=5
        ) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, parameters)]

    def write(self, statement: str, *parameters: Any) -> None:
        """Change the exchange's database as another process would."""
        with sqlite3.connect(self.instance.var / "db.sqlite3", timeout=10) as connection:
            connection.execute(statement, parameters)

    def rename(self, table: str, to: str) -> None:
        """Take a table away, or bring it back: every query for it fails at once, as with a database that is gone."""
        with closing(sqlite3.connect(self.instance.var / "db.sqlite3", timeout=10)) as connection:
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute(f"ALTER TABLE {table} RENAME TO {to}")

    async def logged(self, since: float, count: int = 1) -> list[dict[str, Any]]:
        """The calls that began after `since` (Unix seconds), oldest first, once all `count` have ended.

        Raises AssertionError, which tells of each, when there are more.
        """

        def ended() -> list[dict[str, Any]] | None:
            found = self.rows("SELECT * FROM telephony_call ORDER BY id")
            mine = [row for row in found if row["ended"] and call_started(row) >= since - 0.001]
            return mine if len(mine) >= count else None

        try:
            rows: list[dict[str, Any]] = await eventually(ended, LOG_SECONDS, f"{count} calls in the log")
        except AssertionError as error:
            said = self.servers["media"].log.read_text(errors="replace")[-3000:]
            raise AssertionError(f"{error}: {self.calls_since(since)}\n{said}") from None
        for row in rows:
            row["steps"] = json.loads(row["steps"])
            row["codes"] = [step["code"] for step in row["steps"]]
        assert len(rows) == count, f"{count} calls expected since {since:.3f}: {rows}"
        return rows

    def redis(self, *command: str) -> Any:
        """One Redis command."""
        with closing(redis.Redis(port=self.instance.redis_port, decode_responses=True)) as client:
            return client.execute_command(*command)

    def live_ids(self) -> set[str]:
        """The ids of the live calls that others see."""
        return set(self.redis("HKEYS", f"kiestoon:calls:{self.instance.node}"))

    def calls_since(self, moment: float) -> list[dict[str, Any]]:
        """The calls in the log that began after `moment` (Unix seconds), live ones too."""
        return [
            row for row in self.rows("SELECT * FROM telephony_call") if call_started(row) >= moment - 0.01
        ]

    def messages(self, extension: str) -> list[dict[str, Any]]:
        """The voicemail messages of an extension, oldest first."""
        return self.rows(
            "SELECT message.* FROM voicemail_message message JOIN voicemail_mailbox box ON box.id = mailbox_id "
            "JOIN telephony_extension extension ON extension.id = box.extension_id "
            "WHERE extension.number = ? ORDER BY message.id",
            extension,
        )

    def forget_phones(self) -> None:
        """No phone is registered any more."""
        for contact in rpc.registrations(to=self.instance):
            rpc.drop_registration(contact.extension, contact.contact, to=self.instance)

    def clear_messages(self) -> None:
        """Empty every mailbox; mistakes with PINs are forgotten."""
        self.write("DELETE FROM voicemail_message")
        self.write(
            "UPDATE voicemail_mailbox SET failures = 0, failure_times = '[]', locked_until = NULL, greeting = ''"
        )


def call_started(row: dict[str, Any]) -> float:
    """When a call began, in Unix seconds: its id says so."""
    from telephony.engine.call import ALPHABET

    number = 0
    for letter in row["id"]:
        number = number << 5 | ALPHABET.index(letter)
    return (number >> 23) / 1000


async def eventually(look: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """What `look` returns as soon as it returns something true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        await asyncio.sleep(0.05)
