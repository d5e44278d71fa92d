"""Work that is handed to a worker, with a broker and without."""

from __future__ import annotations

import json
from pathlib import Path

import redis
from celery import Celery
from celery.app import app_or_default

from live.later import enqueue
from tests.rig.servers import Servers


def test_without_a_broker_nothing_is_raised() -> None:
    assert not enqueue("voicemail.mail_message", 1)


def test_a_broker_takes_it(tmp_path: Path) -> None:
    ours = app_or_default()
    with Servers(tmp_path / "servers") as servers:
        servers.start("redis")
        url = servers.instance.redis_url
        with Celery(broker=url) as app:
            try:
                assert enqueue("voicemail.mail_message", 1)
            finally:
                ours.set_current()
            assert app is not ours
        (message,) = redis.from_url(url, decode_responses=True).lrange("celery", 0, -1)
    headers = json.loads(message)["headers"]
    assert headers["task"] == "voicemail.mail_message"
    assert headers["argsrepr"] == "(1,)"
