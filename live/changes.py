"""Tells the media nodes and the edge that something that routing reads has changed."""

from __future__ import annotations

import logging
from typing import Any

import redis
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

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


def watch(*models: type[Model]) -> None:
    """From now on every change of these models is announced; one may hold the rows of a many-to-many field."""
    for model in models:
        name = model._meta.label
        post_save.connect(_changed, sender=model, dispatch_uid=f"directory-save-{name}")
        post_delete.connect(_changed, sender=model, dispatch_uid=f"directory-delete-{name}")
        m2m_changed.connect(_changed, sender=model, dispatch_uid=f"directory-m2m-{name}")


def _changed(sender: type[Model], **_kwargs: Any) -> None:
    announce_after_commit()
