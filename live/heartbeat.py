"""Signs of life in Redis: a process that stops writing its key is not working, whatever the process table says."""

from __future__ import annotations

import time

import live

KEY = "kiestoon:heartbeat:{name}"
# Seconds that a sign of life is good for: three beats of the 10-second task, and some.
LASTING = 35


def write(name: str) -> None:
    """Say that `name` is alive. Raises redis.RedisError when Redis is away."""
    live.client().set(KEY.format(name=name), int(time.time()), ex=LASTING)
