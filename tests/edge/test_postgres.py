"""The edge reads its devices from PostgreSQL when the exchange does, and from a PostgreSQL that comes and goes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from telephony.edge import config
from tests.rig.edge.agents import Phone
from tests.rig.edge.events import until
from tests.rig.edge.subscribers import Subscriber
from tests.rig.edge.wires import UdpWire
from tests.rig.servers import Server, Servers, free_ports

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))), Path("/nowhere"))
pytestmark = pytest.mark.skipif(not (BINARIES / "postgres").exists(), reason="PostgreSQL is not installed")


class Database:
    """A PostgreSQL server of its own; it refuses to run as root."""

    def __init__(self, folder: Path) -> None:
        self.port = free_ports(1)[0]
        self.url = f"postgres://edge:se%20cret@127.0.0.1:{self.port}/postgres"
        drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        self.data = folder / "data"
        if drop:
            shutil.chown(folder, "nobody", "nogroup")
        create = ["initdb", "-D", str(self.data), "-U", "edge", "-A", "trust", "--no-sync"]
        subprocess.run(
            [*drop, str(BINARIES / create[0]), *create[1:]], check=True, capture_output=True, cwd=folder
        )
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off"]
        command = [*drop, str(BINARIES / "postgres"), "-D", str(self.data), *options]
        self.server = Server("postgres", command, folder, os.environ, self._ready)
        self.server.start()

    def _ready(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=1):
            return True
        return False

    def fill(self, one: Subscriber) -> None:
        with psycopg.connect(self.url) as db:
            db.execute(
                "CREATE TABLE edge_subscriber"
                " (username TEXT PRIMARY KEY, domain TEXT, ha1 TEXT, device_id BIGINT, extension TEXT)"
            )
            row = (one.username, "kiestoon", one.ha1("kiestoon"), 1, one.extension)
            db.execute("INSERT INTO edge_subscriber VALUES (%s, %s, %s, %s, %s)", row)

    def stop(self) -> None:
        """End at once; killed outright, its children would hold the shared memory."""
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(10)

    def freeze(self, frozen: bool) -> None:
        """Stop every process of the server where it is, or let them go on."""
        assert self.server.process is not None
        os.killpg(self.server.process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)
        for line in subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.server.process.pid)], capture_output=True, text=True
        ).stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(line), signal.SIGSTOP if frozen else signal.SIGCONT)

    def connections(self) -> int:
        """How many the edge has now."""
        with psycopg.connect(self.url) as db:
            row = db.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'edge'").fetchone()
        assert row is not None
        return int(row[0]) - 1


@pytest.fixture
def database() -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="edge-postgres-"))
    folder.chmod(0o755)
    one = Database(folder)
    yield one
    if one.server.alive:
        one.freeze(False)
        one.stop()
    shutil.rmtree(folder, ignore_errors=True)


def registers(one: Phone) -> bool:
    """Whether a registration works now; a process of the edge may still be waiting for the database."""
    with suppress(TimeoutError):
        return one.register().status == 200
    return False


def test_postgresql_and_its_absence(database: Database, tmp_path: Path) -> None:
    one = Subscriber("100", "100", "secret")
    database.fill(one)
    with Servers(tmp_path, DATABASE_URL=database.url) as servers:
        edge = servers.instance
        config.render(edge)
        servers.start("edge")
        # Every process of the edge connects by itself, and one that cannot while it starts ends the edge.
        seen: list[int] = []

        def settled() -> bool:
            seen.append(database.connections())
            return len(seen) > 1 and seen[-1] == seen[-2] > 0

        until(settled, every=0.5)
        desk = Phone(UdpWire(("127.0.0.1", edge.sip_port)), "100", "secret")
        guesser = Phone(UdpWire(("127.0.0.1", edge.sip_port)), "100", "guess")
        assert desk.register().status == 200
        assert guesser.register().status == 401

        database.stop()
        assert desk.register().status == 500
        database.server.start()
        until(lambda: registers(desk), every=0.5)  # more often would be a flood

        database.freeze(True)
        request = desk.build("REGISTER", "sip:kiestoon", To="<sip:100@kiestoon>")
        assert desk.ask(request, timeout=20).status == 500
        begin = time.monotonic()
        assert desk.register().status == 500
        assert time.monotonic() - begin < 1.5, "a database that hangs is not asked again for ten seconds"
        database.freeze(False)
        until(lambda: registers(desk), 40, every=0.5)
        desk.close()
        guesser.close()
