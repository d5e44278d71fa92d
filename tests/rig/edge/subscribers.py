"""Devices for an edge without the application: the view `edge_subscriber` as a table of its own."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from pbxsite.instance import Instance


@dataclass(frozen=True)
class Subscriber:
    """A device: SIP user, the extension that it belongs to, its secret."""

    username: str
    extension: str
    secret: str

    def ha1(self, realm: str) -> str:
        return hashlib.md5(f"{self.username}:{realm}:{self.secret}".encode()).hexdigest()


def write_subscribers(instance: Instance, subscribers: Iterable[Subscriber]) -> None:
    """Write the SQLite file that `instance.database_url` names; device ids count from 1."""
    rows = [
        (one.username, instance.realm, one.ha1(instance.realm), number, one.extension)
        for number, one in enumerate(subscribers, 1)
    ]
    with closing(sqlite3.connect(instance.var / "db.sqlite3")) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(
            "CREATE TABLE IF NOT EXISTS edge_subscriber"
            " (username TEXT PRIMARY KEY, domain TEXT, ha1 TEXT, device_id INTEGER, extension TEXT)"
        )
        db.executemany("INSERT OR REPLACE INTO edge_subscriber VALUES (?, ?, ?, ?, ?)", rows)
        db.commit()
