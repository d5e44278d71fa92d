"""People, rows and an edge for the tests of the web pages. Nothing here reaches a running exchange."""

from __future__ import annotations

import html
import re
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, TestCase

import live
from accounts.models import User
from pbxsite.instance import Instance, instance
from pbxsite.run import health
from telephony.edge import config, peers, rpc
from telephony.extensions.models import Device, Extension
from voicemail.models import Mailbox, Message


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Own folders, closed ports, no Redis, no collected static files, a hash that costs nothing."""
    for name in ("voicemail", "recordings", "prompts", "secrets"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setitem(instance.__dict__, name, folder)
    for name in ("sip_port", "media_port", "relay_port", "core_port"):
        monkeypatch.setitem(instance.__dict__, name, 1)
    monkeypatch.setitem(instance.__dict__, "redis_url", "redis://127.0.0.1:1/0")
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = [
        f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "PBKDF2")
    ]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.LANGUAGE_CODE = "en"
    live.client.cache_clear()
    health.forget()
    yield
    live.client.cache_clear()
    health.forget()
    cache.clear()


@dataclass
class Edge:
    """What the edge was asked to do; `away` makes it unreachable."""

    away: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)
    trunks: list[str] = field(default_factory=list)

    def write_trunks(self, _instance: Instance, trunks: Iterable[peers.TrunkPeer]) -> None:
        self.trunks = [trunk.host for trunk in trunks]

    def _ask(self, *question: str) -> None:
        if self.away:
            raise rpc.EdgeError("the edge does not answer")
        self.asked.append(question)


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    """Kamailio's remote control, at the border of our own code."""
    stand_in = Edge()
    for name in ("lift_ban", "drop_registration", "reload_trunks"):
        monkeypatch.setattr(rpc, name, lambda *args, name=name, **_to: stand_in._ask(name, *args))
    monkeypatch.setattr(rpc, "provider_registrations", lambda **_to: [])
    monkeypatch.setattr(rpc, "table", lambda _name, **_to: {})
    monkeypatch.setattr(config, "write_trunks", stand_in.write_trunks)
    return stand_in


def sign_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss@example.org", "secret", name="Boss", language="en")


@pytest.fixture
def admin(boss: User) -> Client:
    """The browser of an administrator."""
    return sign_in(boss)


@pytest.fixture
def clerk(db: None) -> User:
    """May enter the administration, but has no right there."""
    return User.objects.create_user("clerk@example.org", "secret", name="Clerk", is_staff=True, language="en")


@pytest.fixture
def colleague(db: None) -> User:
    return User.objects.create_user("colleague@example.org", "secret", name="Colleague", language="en")


def make_phone(number: str = "100", name: str = "Anna", **more: Any) -> Device:
    """An extension with a device that is called like it."""
    extension = Extension.objects.create(number=number, name=name, **more)
    device = Device(extension=extension, username=number)
    device.set_secret("secret")
    device.save()
    return device


def make_message(mailbox: Mailbox, name: str = "a", seconds: int = 1, **more: Any) -> Message:
    """A message with its sound on the disk."""
    path = instance.voicemail / str(mailbox.extension_id) / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes((bytes(range(250)) * 64)[:16000] * int(seconds))
    return Message.objects.create(
        mailbox=mailbox,
        caller="101",
        duration=seconds * 1000,
        file=str(path.relative_to(instance.voicemail)),
        **more,
    )


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    box = Mailbox(extension=make_phone().extension)
    box.set_pin("1234")
    box.save()
    return box


def post(client: Client, url: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    """Send a form and run what waits for the commit; then go where the answer leads."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(url, data or {}, **more)
    if answer.status_code == 302:
        return client.get(answer.headers["Location"])
    return answer


def shown_once(answer: Any) -> dict[str, str]:
    """The texts in the box that is shown once, by their names."""
    page = answer.content.decode()
    return {
        html.unescape(name): html.unescape(text)
        for name, text in re.findall(r"<dt>(.*?)</dt>\s*<dd><code>(.*?)</code></dd>", page)
    }


def empty_inline(prefix: str) -> dict[str, str]:
    """The management form of an inline without rows."""
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
