"""The figures that come out: one JSON object a line on standard output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.cpu import Used
from tests.bench.exchange import PATH

Emit = Callable[..., None]


@cache
def machine() -> str:
    """The processors of this machine in words."""
    models = [
        line.partition(":")[2].strip() for line in _read("/proc/cpuinfo") if line.startswith("model name")
    ]
    return f"{os.cpu_count()} x {models[0] if models else 'unknown processor'}"


def _read(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def emit(name: str, value: float, unit: str, **conditions: Any) -> None:
    """Print one figure. Conditions say under what load it was measured."""
    figure = {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "conditions": {**conditions, "machine": machine()},
    }
    print(json.dumps(figure), flush=True)


def cost(used: Used, per: float) -> dict[str, Any]:
    """Conditions about CPU: seconds of each part for one call (or call-minute), and how busy the machine was.

    `waiting_for_cpu` is the share of the time in which some task waited for a processor, `yardstick_ms` what one
    and the same piece of work cost meanwhile. With the first above 0.6, or the second far from that of another run,
    a comparison means little.
    """
    parts = {name: round(seconds / per, 5) for name, seconds in used.cpu.items()}
    return {
        "cpu_s_of": parts,
        "counted": list(PATH),
        "load_tools_cpu_s": round(used.load_cpu, 2),
        "seconds": round(used.seconds, 1),
        "waiting_for_cpu": round(used.waiting, 3),
        "yardstick_ms": round(used.yardstick, 2),
    }


def note(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
