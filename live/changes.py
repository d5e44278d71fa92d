"""Tells the media nodes and the edge that something that routing reads has changed."""

from __future__ import annotations

import logging

import redis
from django.db import transaction

import live

log = logging.getLogger(__name__)


def announce_change() -> None:
    """Tell every media node and the edge to read the directory again."""
    try:
        live.client().publish(live.DIRECTORY_CHANGED, "changed")
    except redis.RedisError as error:
        # They read it again as soon as Redis is back.
        log.warning("nobody could be told that the directory changed: %s", error)


def announce_after_commit() -> None:
    """Tell them once, however much a transaction changes."""
    waiting = (function for _savepoints, function, _robust in transaction.get_connection().run_on_commit)
    if announce_change not in waiting:
        transaction.on_commit(announce_change)
