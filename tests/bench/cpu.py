"""What a set of processes costs: CPU seconds and memory, exact and from outside."""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1024.0  # of the KiB that the kernel counts in


def clock(pid: int) -> float:
    """The CPU seconds that a process has used, all its threads together, as the scheduler counts them."""
    # The clock id of another process: the kernel's CPUCLOCK_SCHED is 2 (posix-timers_types.h).
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def contention() -> float:
    """Seconds since boot in which some task waited for a CPU (pressure stall information); 0 when unknown."""
    try:
        line = Path("/proc/pressure/cpu").read_text().splitlines()[0]
    except OSError:
        return 0.0
    return int(line.rpartition("total=")[2]) / 1e6


def resident(pids: Iterable[int]) -> float:
    """MiB of memory of these processes; what several share is divided among them (PSS)."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / MEBIBYTE


@dataclass
class Used:
    """What was used between two readings."""

    seconds: float
    cpu: dict[str, float]
    load_cpu: float
    waiting: float  # share of the time, 0 to 1, in which some task waited for a CPU
    yardstick: float  # ms of CPU that the same small piece of work took meanwhile

    def total(self, names: Iterable[str]) -> float:
        """CPU seconds of these parts together."""
        return sum(self.cpu.get(name, 0.0) for name in names)


class Yardstick(threading.Thread):
    """Does the same small piece of work twice a second and notes what it costs.

    A shared or virtual machine is not always equally fast: a CPU second buys up to half as much when a neighbour is
    busy. Figures taken at different times are comparable when their yardsticks are. The work touches much memory,
    because caches are what neighbours take away first.
    """

    WORK = json.dumps([{"number": number, "text": str(number) * 8} for number in range(600)])
    PAUSE = 0.5  # seconds

    def __init__(self) -> None:
        super().__init__(name="yardstick", daemon=True)
        self.costs: list[float] = []
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while True:
            before = time.thread_time()
            json.dumps(json.loads(self.WORK))
            self.costs.append((time.thread_time() - before) * 1000)
            if self._stop_asked.wait(self.PAUSE):
                return

    def read(self) -> float:
        """Stop; the median cost in ms."""
        self._stop_asked.set()
        self.join()
        return statistics.median(self.costs)


class Meter:
    """Reads the clocks of named groups of processes. `groups` is asked anew at the end: children come and go."""

    def __init__(self, groups: Callable[[], dict[str, list[int]]], load: Iterable[int] = ()) -> None:
        self.groups = groups
        self.load = [os.getpid(), *load]
        self.began = time.monotonic()
        self._yardstick = Yardstick()
        self._yardstick.start()
        self._waited = contention()
        self._load_before = {pid: clock(pid) for pid in self.load}
        self._before = {pid: clock(pid) for pids in groups().values() for pid in pids}

    def read(self) -> Used:
        """What was used since the meter was made; once."""
        seconds = time.monotonic() - self.began
        cpu = {
            name: sum(max(0.0, clock(pid) - self._before.get(pid, 0.0)) for pid in pids)
            for name, pids in self.groups().items()
        }
        load = sum(max(0.0, clock(pid) - self._load_before.get(pid, 0.0)) for pid in self.load)
        waiting = (contention() - self._waited) / max(seconds, 1e-9)
        return Used(seconds, cpu, load, waiting, self._yardstick.read())
