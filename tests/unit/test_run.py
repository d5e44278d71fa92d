"""A test that fails is tried again, at most twice, and every further try is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pbxsite.instance import ROOT

FLAKY = """
import pathlib
import pytest

def passes_at(name, number):
    with pathlib.Path(name).open("a") as tries:
        tries.write("x")
    assert len(pathlib.Path(name).read_text()) >= number

@pytest.mark.xdist_group("two-words")
def test_once_more():
    passes_at("once", 2)

def test_twice_more():
    passes_at("twice", 3)

def test_good():
    pass

@pytest.mark.skip
def test_not_here():
    pass
"""


def run(folder: Path, tests: str) -> tuple[int, list[str]]:
    """The exit status and what was printed."""
    (folder / "test_them.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --dist loadgroup -p no:django\n")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.rig.run", "2"],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines()


def test_further_tries_are_counted_and_the_last_one_decides(tmp_path: Path) -> None:
    status, lines = run(tmp_path, FLAKY)
    once, twice = "test_them.py::test_once_more", "test_them.py::test_twice_more"
    assert (status, lines[-1]) == (0, "3 passed, 0 failed, 1 skipped"), lines
    assert lines[-2] in (f"retried: 3 ({once} (1), {twice} (2))", f"retried: 3 ({twice} (2), {once} (1))")


def test_what_still_fails_at_the_third_try_has_failed(tmp_path: Path) -> None:
    status, lines = run(tmp_path, FLAKY.replace('"twice", 3', '"twice", 4'))
    assert (status, lines[-1]) == (1, "2 passed, 1 failed, 1 skipped"), lines
    assert (tmp_path / "twice").read_text() == "xxx"


def test_when_many_fail_none_is_tried_again(tmp_path: Path) -> None:
    many = "import pytest\n@pytest.mark.parametrize('number', range(12))\ndef test_it(number): assert number < 1\n"
    status, lines = run(tmp_path, many)
    assert (status, lines[-2:]) == (1, ["retried: 0", "1 passed, 11 failed"])


@pytest.mark.parametrize("tests", ["def broken(:", ""])
def test_what_cannot_be_run_is_no_success(tmp_path: Path, tests: str) -> None:
    status, lines = run(tmp_path, tests)
    assert status > 0
    assert not lines[-1].endswith(" passed, 0 failed"), lines
