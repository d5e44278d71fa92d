"""People with telephones, a real Redis, and browsers that ask the API."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.utils import timezone
from PIL import Image

import live
from accounts.models import User
from pbxsite.instance import instance
from presence import team
from telephony.calls.events import whole_call_text
from telephony.calls.models import Call, CallLeg
from telephony.edge.models import Registration
from telephony.extensions.models import Device, Extension
from tests.rig.servers import Servers
from tests.rig.web import Edge, _apart, colleague, edge, make_message, make_phone
from voicemail.models import Mailbox

__all__ = ["Edge", "_apart", "colleague", "edge", "make_message"]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Servers(tmp_path_factory.mktemp("redis")) as servers:
        servers.start("redis")
        yield servers.instance.redis_url


@pytest.fixture(autouse=True)
def _redis(
    _apart: None, redis_url: str, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """An empty Redis for each test; pictures in a folder of its own."""
    monkeypatch.setitem(instance.__dict__, "redis_url", redis_url)
    settings.MEDIA_ROOT = tmp_path / "media"
    live.client.cache_clear()
    live.client().flushall()
    monkeypatch.setattr(team, "_written", team._Written())


@dataclass
class Someone:
    """A person with an extension, a phone and a mailbox, and their browser."""

    user: User
    extension: Extension
    device: Device
    mailbox: Mailbox
    browser: Client

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; what waits for the commit is done, as it is on a running exchange."""
        more: dict[str, Any] = {"headers": headers}
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        with TestCase.captureOnCommitCallbacks(execute=True):
            return getattr(self.browser, method.lower())(f"/api/v1{path}", **more)

    def get(self, path: str, **headers: str) -> Any:
        """The JSON of a page that must be there."""
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.content
        return answer.json()


def make_someone(number: str, name: str, **more: Any) -> Someone:
    user = User.objects.create_user(f"{name.lower()}@example.org", "secret", name=name, language="en")
    device = make_phone(number, name, user=user, **more)
    mailbox = Mailbox(extension=device.extension)
    mailbox.set_pin("1234")
    mailbox.save()
    browser = Client(headers={"accept-language": "en"}, enforce_csrf_checks=False)
    browser.force_login(user)
    return Someone(user, device.extension, device, mailbox, browser)


@pytest.fixture
def anna(db: None) -> Someone:
    return make_someone("100", "Anna")


@pytest.fixture
def bert(db: None) -> Someone:
    return make_someone("101", "Bert")


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser where nobody signed in."""
    return Client(headers={"accept-language": "en"})


_calls = iter(range(1, 10_000_000))


def make_call(
    caller: str,
    dialled: str,
    outcome: str = "answered",
    *,
    started: datetime.datetime | None = None,
    **more: Any,
) -> Call:
    """A call in the log, its id later than that of the one before."""
    started = started or timezone.now() - datetime.timedelta(seconds=69)
    answered = started + datetime.timedelta(seconds=4) if outcome == "answered" else None
    call = Call.objects.create(
        id=f"{next(_calls):013d}",
        node="media1",
        direction=more.pop("direction", "internal"),
        outcome=outcome,
        caller=caller,
        dialled=dialled,
        answered_by=dialled if answered else "",
        started=started,
        answered=answered,
        ended=started + datetime.timedelta(seconds=69),
        steps=[{"at": 0.0, "code": "called", "args": {"caller": caller, "number": dialled}}],
        **more,
    )
    for role, number in (("caller", caller), ("target", dialled)):
        inside = Extension.objects.filter(number=number).exists()
        CallLeg.objects.create(
            call=call,
            role=role,
            number=number,
            extension=number if inside else "",
            started=started,
            answered=answered,
        )
    return call


def live_call(call_id: str, caller: str, callee: str, state: str = "talking", **more: Any) -> dict[str, Any]:
    """A live call between two extensions as a media node shows it, put where it shows it."""
    ended = more.pop("ended", None)
    parties = [
        {
            "leg": f"{call_id}-{number}",
            "call": call_id,
            "number": number,
            "name": "",
            "extension": number,
            "device": device,
            "state": "talking" if state == "talking" else "calling",
            "since": 1_700_000_000.0,
        }
        for device, number in enumerate((caller, callee), start=1)
    ]
    legs = [
        {
            "id": one["leg"],
            "role": role,
            "number": one["number"],
            "name": "",
            "extension": one["extension"],
            "device": one["device"],
            "state": "answered",
            "held": False,
            "status": 200,
            "codec": "opus",
            "sip_call_id": f"sip-{one['number']}",
            "started": 1_700_000_000.0,
            "answered": 1_700_000_004.0,
            "ended": ended,
        }
        for role, one in zip(("caller", "target"), parties, strict=True)
    ]
    call = {
        "id": call_id,
        "node": instance.node,
        "direction": "internal",
        "state": "ended" if ended else state,
        "outcome": "answered" if ended else "live",
        "reason": "",
        "caller": caller,
        "caller_name": "",
        "dialled": callee,
        "answered_by": callee,
        "recording": "",
        "recording_state": "off",
        "holder": "",
        "slot": "",
        "parked_by": "",
        "conference": False,
        "home": "",
        "purpose": "",
        "consult": "",
        "started": 1_700_000_000.0,
        "answered": 1_700_000_004.0,
        "ended": ended,
        "steps": [],
        "legs": legs,
        "parties": [] if ended else parties,
        **more,
    }
    show(call)
    return call


def show(call: dict[str, Any]) -> None:
    """Show a live call as a media node does, and tell of it."""
    key, text = live.CALLS.format(node=instance.node), json.dumps(call)
    pipe = live.client().pipeline()
    if call["ended"] is None:
        pipe.hset(key, call["id"], text)
    else:
        pipe.hdel(key, call["id"])
    live.append(pipe, whole_call_text(text))
    pipe.execute()


def session_of(browser: Client) -> SessionStore:
    """The session behind a browser's cookie."""
    return SessionStore(browser.cookies["sessionid"].value)


def register(device: Device, address: str = "udp:192.0.2.9:5060") -> Registration:
    return Registration.objects.create(
        device=device,
        extension=device.extension.number,
        contact=f"sip:{device.username}@192.0.2.9",
        source=address,
        user_agent="Desk 1.0",
        since=timezone.now(),
        expires=timezone.now() + datetime.timedelta(hours=1),
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return SimpleUploadedFile("me.html", file.getvalue(), "text/html")


def upload(someone: Someone, file: SimpleUploadedFile) -> Any:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return someone.browser.post("/api/v1/me/picture", {"picture": file})
