"""Work for a worker process, asked for by the task's name: who asks need not import what does it."""

from __future__ import annotations

import logging

from celery import current_app

log = logging.getLogger(__name__)


def enqueue(name: str, *args: object) -> bool:
    """Have a worker run the task `name`; False when the broker is away. Raises nothing.

    Only for work that a periodic task finds again when it was not taken, or that may be missed.
    """
    try:
        current_app.send_task(name, args, retry=False, ignore_result=True)
    except Exception as error:  # the broker's client raises many kinds
        log.warning("%s%r is not taken now: %s", name, args, error)
        return False
    return True
