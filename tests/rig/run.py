"""`python -m tests.rig.run WORKERS`: every test, and those that fail beside others again with nothing beside them.

Sound and time limits are measured as they happen, and a neighbour on the same cores can spoil them. A test that fails
is tried again, at most twice; when more than ten fail it is no matter of neighbours, and none is. The last two lines
tell of every further try, and count the tests by their last one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

AGAIN_AT_MOST = 10  # tests
FURTHER_TRIES = 2  # of each of them
FAILED = 1  # pytest's exit status when tests failed; above it something else is wrong
CACHE = Path(".pytest_cache/v/cache/lastfailed")


def run_tests(*arguments: str) -> int:
    """Run pytest with these arguments and nothing in its cache; its exit status."""
    return subprocess.run([sys.executable, "-m", "pytest", "--cache-clear", *arguments]).returncode


def name_of(test: str) -> str:
    """The name by which pytest finds a test; pytest-xdist notes one of a group as test@group."""
    return re.sub(r"@[\w-]+$", "", test)


def failed_tests() -> list[str]:
    """The tests that failed in the last run, which began with an empty cache."""
    if not CACHE.exists():
        return []
    return [name_of(test) for test in json.loads(CACHE.read_text())]


def count_tests(report: Path) -> tuple[int, int]:
    """How many tests a report in JUnit's form is about, and how many of them were skipped."""
    cases = {(one.get("classname"), one.get("name")): one for one in ET.parse(report).iter("testcase")}
    return len(cases), sum(one.find("skipped") is not None for one in cases.values())


def closing_lines(count: int, skipped: int, failed: int, tries: Counter[str]) -> str:
    """What script/test ends with."""
    names = ", ".join(f"{test} ({times})" for test, times in tries.items())
    retried = f"retried: {tries.total()} ({names})" if tries else "retried: 0"
    return f"{retried}\n{count - skipped - failed} passed, {failed} failed" + (
        f", {skipped} skipped" if skipped else ""
    )


def main(workers: str) -> int:
    """The exit status: 0 when every test has passed, at a further try or at once."""
    tries: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status = run_tests("-n", workers, f"--junitxml={report}")
        if status > FAILED:
            return status
        count, skipped = count_tests(report)
    failed = failed_tests()
    while (
        status == FAILED and len(failed) <= AGAIN_AT_MOST and max(tries.values(), default=0) < FURTHER_TRIES
    ):
        tries.update(failed)
        print(
            f"== {len(failed)} failed. Again, with nothing beside: try {max(tries.values()) + 1}", flush=True
        )
        status = run_tests("-n", "1", "-v", *failed)
        if status > FAILED:
            break  # none of them ran: they have failed
        failed = failed_tests()
    print(closing_lines(count, skipped, len(failed), tries), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
