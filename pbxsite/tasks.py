"""The task that proves that beat sends and a worker works."""

from __future__ import annotations

import logging
from typing import Any

import redis
from celery import shared_task
from celery.signals import after_task_publish

from live import heartbeat

log = logging.getLogger(__name__)
NAME = "pbxsite.tasks.prove_life"


@shared_task(name=NAME)
def prove_life() -> None:
    """Run by a worker every 10 seconds."""
    heartbeat.write("worker")


@after_task_publish.connect(sender=NAME)
def note_beat(**_kwargs: Any) -> None:
    """Only beat sends this task, so that having sent it is beat's sign of life."""
    try:
        heartbeat.write("beat")
    except redis.RedisError as error:
        # Beat must go on: it sends the next one when Redis is back.
        log.warning("no sign of life could be written: %s", error)
