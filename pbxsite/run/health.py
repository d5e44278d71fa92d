"""Is every process well? Each one is asked something that only a working one can answer."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypedDict

import redis
from django.db import connection
from django.utils.translation import gettext_noop as _

from live import heartbeat
from pbxsite.instance import instance

# Seconds that a process may take to answer.
PATIENCE = 1.5
# Seconds that an answer is given again without asking: strangers can read the page, and must not load the exchange.
FRESH = 1.0
# RFC 3261 §17.1.2.2: UDP loses packets, so ask again after this many seconds.
RESEND = 0.5


class Health(TypedDict):
    """`detail` is a short English text, to be translated where it is shown; it holds no address and no secret."""

    ok: bool
    detail: str


class NotWellError(Exception):
    """A process answered, but not as a healthy one does; the text says what."""


def check_processes() -> dict[str, Health]:
    """The health of each process by name, at most a second old; takes up to 1.5 seconds."""
    with _cache.lock:
        if _cache.answer is None or time.monotonic() - _cache.at > FRESH:
            _cache.answer = _ask_all()
            _cache.at = time.monotonic()
        return _cache.answer


def forget() -> None:
    """Let the next question be asked afresh."""
    _cache.answer = None


class _Cache:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: dict[str, Health] | None = None
        self.at = 0.0


_cache = _Cache()
_pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="health")
_running: dict[str, Future[str]] = {}


def _ask_all() -> dict[str, Health]:
    """Ask everybody at once."""
    questions: dict[str, Callable[[], str]] = {
        "database": _ask_database,
        "redis": _ask_redis,
        "edge": lambda: _ask_sip(instance.advertised, instance.sip_port),
        "relay": _ask_relay,
        "media": lambda: _ask_sip("127.0.0.1", instance.media_port),
        "worker": lambda: _read_heartbeat("worker"),
        "beat": lambda: _read_heartbeat("beat"),
        "agent": lambda: _read_heartbeat("agent"),
    }
    for name, question in questions.items():
        # One that still hangs from the last time is not asked again: its threads would pile up.
        if name not in _running or _running[name].done():
            _running[name] = _pool.submit(question)
    wait([_running[name] for name in questions], timeout=PATIENCE)
    web: Health = {"ok": True, "detail": _("answers")}
    return {"web": web, **{name: _judge(_running[name]) for name in questions}}


def _judge(future: Future[str]) -> Health:
    if not future.done():
        return {"ok": False, "detail": _("no answer")}
    error = future.exception()
    if error is None:
        return {"ok": True, "detail": future.result()}
    if isinstance(error, NotWellError):
        return {"ok": False, "detail": str(error)}
    if isinstance(error, TimeoutError | redis.TimeoutError):
        return {"ok": False, "detail": _("no answer")}
    # What the error says may hold an address or a path; its kind is enough for a stranger.
    return {"ok": False, "detail": _("not reachable")}


def _ask_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return _("answers")
    finally:
        connection.close()


def _ask_redis() -> str:
    with redis.Redis.from_url(
        instance.redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
    ) as client:
        client.ping()
    return _("answers")


def _read_heartbeat(name: str) -> str:
    with redis.Redis.from_url(
        instance.redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
    ) as client:
        if client.get(heartbeat.KEY.format(name=name)) is None:
            raise NotWellError(_("no sign of life"))
    return _("alive")


def _ask_sip(host: str, port: int) -> str:
    """OPTIONS by UDP (RFC 3261 §11), answered with 200 by an element that takes calls."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.connect((host, port))
        answer = _exchange(udp, _options(host, port, *udp.getsockname()[:2]))
    status = answer.split(b"\r\n", 1)[0].split(b" ", 2)
    if len(status) < 2 or status[0] != b"SIP/2.0":
        raise NotWellError(_("answers something else than SIP"))
    if status[1] == b"503":
        raise NotWellError(_("takes no new calls"))
    if status[1] != b"200":
        raise NotWellError("answers SIP " + status[1].decode("ascii", "replace"))
    return _("answers")


def _options(host: str, port: int, own_host: str, own_port: int) -> bytes:
    """An OPTIONS request whose answer comes back to the socket that sends it (RFC 3581)."""
    token = secrets.token_hex(8)
    target, own = (f"[{name}]" if ":" in name else name for name in (host, own_host))
    return (
        f"OPTIONS sip:health@{target}:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {own}:{own_port};rport;branch=z9hG4bK{token}\r\n"
        "Max-Forwards: 70\r\n"
        f"From: <sip:health@{own}>;tag={token}\r\n"
        f"To: <sip:health@{target}>\r\n"
        f"Call-ID: {token}@health\r\n"
        "CSeq: 1 OPTIONS\r\n"
        f"Contact: <sip:health@{own}:{own_port}>\r\n"
        "Accept: application/sdp\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


def _ask_relay() -> str:
    """The ping of rtpengine's ng protocol: a cookie, a space, a bencoded dictionary."""
    cookie = secrets.token_hex(8).encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.connect(("127.0.0.1", instance.relay_port))
        answer = _exchange(udp, cookie + b" d7:command4:pinge")
    if answer != cookie + b" d6:result4:ponge":
        raise NotWellError(_("answers something else than pong"))
    return _("answers")


def _exchange(udp: socket.socket, request: bytes) -> bytes:
    """Send and send again until an answer comes. Raises OSError when none does in time."""
    end = time.monotonic() + PATIENCE - 0.1
    while (left := end - time.monotonic()) > 0:
        udp.send(request)
        udp.settimeout(min(RESEND, left))
        try:
            return udp.recv(65535)
        except TimeoutError:
            continue
    raise TimeoutError
