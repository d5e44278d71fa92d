"""The health page asks every process something that only a working one can answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import live
from pbxsite import tasks
from pbxsite.instance import instance
from pbxsite.run import health
from tests.rig.servers import Servers

pytestmark = pytest.mark.django_db
EVERYBODY = {"web", "database", "redis", "edge", "relay", "media", "worker", "beat", "agent"}


@contextmanager
def udp(answer: bytes | None) -> Iterator[int]:
    """Somebody at a UDP port who gives this answer to everything, or none; the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    request, who = sock.recvfrom(2000)
                    if request == b"end":
                        return
                    if answer is not None:
                        sock.sendto(answer, who)
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            sock.sendto(b"end", sock.getsockname())
            thread.join()


def ask() -> tuple[int, dict[str, Any]]:
    health.forget()
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


def test_with_nothing_running_it_says_503_and_what_is_missing() -> None:
    started = time.monotonic()
    status, answer = ask()
    assert time.monotonic() - started < 2.5
    assert status == 503 and answer["ok"] is False
    assert set(answer["processes"]) == EVERYBODY
    missing = {name for name, process in answer["processes"].items() if not process["ok"]}
    assert missing == EVERYBODY - {"web", "database"}
    assert answer["processes"]["redis"] == {"ok": False, "detail": "not reachable"}


def test_what_it_says_holds_no_address() -> None:
    page = Client().get("/healthz").content.decode()
    for secret in ("127.0.0.1", "redis://", str(instance.var), "Errno", "Traceback"):
        assert secret not in page


def test_a_process_that_hangs_costs_no_more_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with udp(None) as port:
        for name in ("sip_port", "media_port", "relay_port"):
            monkeypatch.setitem(instance.__dict__, name, port)
        started = time.monotonic()
        _status, answer = ask()
        assert time.monotonic() - started < 2.5
    for name in ("edge", "media", "relay"):
        assert answer["processes"][name] == {"ok": False, "detail": "no answer"}


def test_the_answer_is_given_again_for_a_second_so_that_nobody_loads_the_exchange(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def answer() -> dict[str, health.Health]:
        asked.append(1)
        return {"web": {"ok": True, "detail": ""}}

    monkeypatch.setattr(health, "_ask_all", answer)
    monkeypatch.setattr(health, "FRESH", 60.0)
    health.forget()
    for _time in range(20):
        assert Client().get("/healthz").status_code == 200
    assert len(asked) == 1
    monkeypatch.setattr(health, "FRESH", 0.0)
    Client().get("/healthz")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("line", "ok", "detail"),
    [
        (b"SIP/2.0 200 OK\r\n\r\n", True, "answers"),
        (b"SIP/2.0 503 Full\r\n\r\n", False, "takes no new calls"),
        (b"SIP/2.0 404 Not Found\r\n\r\n", False, "answers SIP 404"),
        (b"HTTP/1.1 200 OK\r\n\r\n", False, "answers something else than SIP"),
        (b"", False, "answers something else than SIP"),
        (b"\xff\x00 \xff", False, "answers something else than SIP"),
    ],
)
def test_sip_processes_are_well_when_they_answer_200(
    monkeypatch: pytest.MonkeyPatch, line: bytes, ok: bool, detail: str
) -> None:
    with udp(line) as port:
        monkeypatch.setitem(instance.__dict__, "sip_port", port)
        monkeypatch.setitem(instance.__dict__, "media_port", port)
        answer = ask()[1]["processes"]
    assert answer["edge"] == answer["media"] == {"ok": ok, "detail": detail}


def test_redis_and_the_relay_answer_and_processes_with_a_sign_of_life_are_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Servers(tmp_path / "servers") as servers:
        servers.start("redis", "relay")
        monkeypatch.setitem(instance.__dict__, "redis_url", servers.instance.redis_url)
        monkeypatch.setitem(instance.__dict__, "relay_port", servers.instance.relay_port)
        live.client.cache_clear()
        answer = ask()[1]["processes"]
        assert answer["redis"]["ok"] and answer["relay"]["ok"]
        assert answer["worker"] == {"ok": False, "detail": "no sign of life"}

        tasks.prove_life()
        tasks.note_beat()
        live.client().set("kiestoon:heartbeat:agent", "1", ex=15)
        answer = ask()[1]["processes"]
        assert answer["worker"] == answer["beat"] == answer["agent"] == {"ok": True, "detail": "alive"}
        assert 0 < live.client().ttl("kiestoon:heartbeat:worker") <= 35


def test_sending_the_task_is_the_sign_of_life_of_beat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Servers(tmp_path / "servers") as servers:
        servers.start("redis")
        monkeypatch.setitem(instance.__dict__, "redis_url", servers.instance.redis_url)
        live.client.cache_clear()
        from celery import Celery

        app = Celery(broker=servers.instance.redis_url)
        app.send_task("something.else")
        assert not live.client().exists("kiestoon:heartbeat:beat")
        app.send_task(tasks.NAME)
        assert live.client().exists("kiestoon:heartbeat:beat")
        app.close()


def test_beat_goes_on_when_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    tasks.note_beat()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "no sign of life could be written" in caplog.text


def test_only_reading_is_allowed() -> None:
    assert Client().post("/healthz").status_code == 405
