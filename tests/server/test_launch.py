"""A process starts with nothing left of its predecessor, and never outlives its supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pbxsite.run import launch

LAUNCH = launch.__file__


def eventually(condition: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def start(var: Path, name: str, *command: str) -> subprocess.Popen[bytes]:
    mark = {launch.MARK: f"{name}:{var}"}
    return subprocess.Popen([sys.executable, "-I", LAUNCH, name, *command], env=os.environ | mark)


def test_children_that_a_killed_process_left_are_ended_before_the_next_one_starts(tmp_path: Path) -> None:
    # Like Kamailio: the main process is killed, its child lives on in the same group.
    first = start(tmp_path, "edge", "sh", "-c", "sleep 600 & wait")
    assert eventually(lambda: len(set(launch.marked(str(tmp_path), "edge"))) == 2)
    first.kill()
    first.wait()
    assert len(set(launch.marked(str(tmp_path), "edge"))) == 1

    second = start(tmp_path, "edge", "sleep", "600")
    try:
        assert eventually(lambda: set(launch.marked(str(tmp_path), "edge")) == {second.pid})
    finally:
        second.kill()
        second.wait()


def test_other_processes_and_other_exchanges_are_left_alone(tmp_path: Path) -> None:
    here, there = tmp_path / "var", tmp_path / "other" / "var"
    relay, edge = start(here, "relay", "sleep", "600"), start(there, "edge", "sleep", "600")
    try:
        assert eventually(lambda: len([*launch.marked(str(here)), *launch.marked(str(there))]) == 2)
        assert launch.end_leftovers(str(here), "edge") == 0
        assert launch.end_leftovers(str(here)) == 1
        assert relay.wait(5) == -signal.SIGKILL
        assert edge.poll() is None
    finally:
        edge.kill()
        edge.wait()


def test_it_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    mark = {launch.MARK: f"web:{tmp_path}"}
    code = f"import os, subprocess, sys; subprocess.run(sys.argv[1:], env=os.environ | {mark})"
    command = [sys.executable, "-I", LAUNCH, "web", "sleep", "600"]
    supervisor = subprocess.Popen([sys.executable, "-c", code, *command])
    # The launcher is itself for a moment before it asks the kernel to watch over it.
    assert eventually(lambda: any(_command(pid) == b"sleep" for pid in launch.marked(str(tmp_path))))
    supervisor.kill()
    supervisor.wait()
    assert eventually(lambda: not set(launch.marked(str(tmp_path))))


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
