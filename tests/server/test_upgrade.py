"""An exchange of an earlier version is started with a newer one: nothing in its database is lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pbxsite.instance import ROOT
from tests.rig.servers import environment

# The demo company's database, as SQL, before each feature had a room of its own.
BEFORE = Path(__file__).parent / "databases" / "before_rooms.sql"
# What a migration may add to, or write anew at each start.
GROWS = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}


def rows(database: Path) -> dict[str, int]:
    """Table -> how many rows it has."""
    with closing(sqlite3.connect(database)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


@pytest.fixture
def manage(tmp_path: Path) -> Callable[..., str]:
    database = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(database)) as db:
        db.executescript(BEFORE.read_text())
    environ = environment(tmp_path / "var", DATABASE_URL=f"sqlite:///{database}")

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


READ = """
import json
from telephony.directory import load
found = load()
print(json.dumps({
    "extensions": {number: entry.name for number, entry in found.extensions.items()},
    "groups": {number: list(entry.members) for number, entry in found.groups.items()},
    "departments": sorted(found.departments),
    "receptionists": {number: sorted(entry.keys) for number, entry in found.receptionists.items()},
    "inbound": sorted(found.inbound),
    "trunks": [trunk.name for trunk in found.trunks],
}))
"""


def test_the_demo_company_of_an_earlier_version_is_whole_after_its_migrations(
    manage: Callable[..., str], tmp_path: Path
) -> None:
    before = rows(tmp_path / "db.sqlite3")
    manage("migrate", "--verbosity", "0")
    after = rows(tmp_path / "db.sqlite3")
    assert before["accounts_user"] == 6 and before["telephony_extension"] == 5
    assert {name: count for name, count in before.items() if name not in GROWS} == {
        name: after[name] for name in before if name not in GROWS
    }
    assert all(after[name] >= before[name] for name in GROWS)
    manage("makemigrations", "--check", "--dry-run")
    directory = json.loads(manage("shell", "--verbosity", "0", "-c", READ))
    assert directory == {
        "extensions": {
            "100": "Sanne Terpstra",
            "101": "Joris van Dalen",
            "102": "Emma Westerveld",
            "103": "Bram Hoogland",
            "104": "Noor Kuipers",
        },
        "groups": {"600": ["100", "101", "102", "103"]},
        "departments": ["610"],
        "receptionists": {"800": ["*", "0", "1", "2"], "801": ["0", "1", "2"]},
        "inbound": ["+31201234567"],
        "trunks": ["Demolijn"],
    }
