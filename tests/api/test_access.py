"""Every operation asks who is there: strangers get 401, people without an extension or a right 403 or 404."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from pbxsite.api import api
from tests.rig import samples
from tests.rig.api import Someone, live_call, make_call, make_message
from tests.rig.web import sign_in

pytestmark = pytest.mark.django_db

# What somebody without an extension can do all the same: know who they are, see the team, test the network.
FOR_ANYBODY = {
    ("get", "/me"),
    ("patch", "/me"),
    ("post", "/me/picture"),
    ("delete", "/me/picture"),
    ("get", "/snapshot"),
    ("get", "/people"),
    ("put", "/people/{extension}/favourite"),
    ("delete", "/people/{extension}/favourite"),
    ("get", "/calls/live"),
    ("post", "/calls/seen"),
    ("get", "/network"),
}

# A body that is understood, so that nothing but the right is in the way.
BODIES: dict[tuple[str, str], Any] = {
    ("patch", "/me"): {"theme": "dark"},
    ("post", "/calls"): {"number": "101"},
    ("post", "/calls/pickup"): {},
    ("post", "/calls/{call_id}/command"): {"verb": "hangup"},
    ("patch", "/voicemail/{message_id}"): {"heard": True},
    ("put", "/devices/{device_id}/light"): {"can_ring": True},
    ("post", "/phone/credentials"): {},
    ("put", "/presence"): {"status": "away"},
    ("put", "/presence/hours"): {"own": False, "spans": []},
    ("patch", "/forwarding/options"): {},
    ("put", "/forwarding/rules"): {
        "rules": [{"status": "away", "source": "internal", "case": "always", "kind": "busy"}]
    },
    ("put", "/forwarding/exceptions"): {"exceptions": []},
    ("post", "/simulate"): {"caller": "101"},
    **samples.bodies(),
}


def operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    found = [(method, path.removeprefix("/api/v1")) for path, methods in paths.items() for method in methods]
    # Sound and pictures are files, and not in the description.
    return [*found, ("get", "/voicemail/{message_id}/sound"), ("get", "/pictures/{name}")]


def send(browser: Client, method: str, path: str) -> Any:
    filled = path.format(
        extension="101",
        call_id="0000000000001",
        message_id=1,
        device_id=1,
        name="a" * 24 + ".webp",
        **samples.parameters(),
    )
    body = BODIES.get((method, path))
    more: dict[str, Any] = {}
    if body is not None:
        more = {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(browser, method)(f"/api/v1{filled}", **more)


@pytest.mark.parametrize(("method", "path"), operations())
def test_a_stranger_is_told_to_sign_in(stranger: Client, method: str, path: str) -> None:
    answer = send(stranger, method, path)
    assert answer.status_code == 401
    assert answer.json() == {"detail": [{"field": "", "message": "Sign in first."}]}


@pytest.mark.parametrize(("method", "path"), operations())
def test_who_was_shut_out_is_a_stranger(anna: Someone, method: str, path: str) -> None:
    User.objects.filter(pk=anna.user.pk).update(is_active=False)
    assert send(anna.browser, method, path).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"), [one for one in operations() if one not in FOR_ANYBODY and "picture" not in one[1]]
)
def test_who_has_no_extension_has_no_telephone(
    colleague: User, bert: Someone, method: str, path: str
) -> None:
    assert send(sign_in(colleague), method, path).status_code == 403


@pytest.mark.parametrize(("method", "path"), [one for one in operations() if one[0] != "get"])
def test_a_change_without_the_csrf_token_is_refused(anna: Someone, method: str, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna.user)
    assert send(browser, method, path).status_code == 403


@pytest.fixture
def foreign(bert: Someone) -> dict[str, Any]:
    """What is Bert's alone."""
    call = make_call("101", "0201234567")
    message = make_message(bert.mailbox)
    live_call("0000000000099", "101", "102")
    return {
        "call_id": call.pk,
        "message_id": message.pk,
        "device_id": bert.device.pk,
        "live": "0000000000099",
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/calls/{call_id}/story", None),
        ("delete", "/calls/{call_id}", None),
        ("post", "/calls/{live}/command", {"verb": "hangup"}),
        ("post", "/calls/{live}/command", {"verb": "transfer", "number": "100"}),
        ("get", "/voicemail/{message_id}/sound", None),
        ("patch", "/voicemail/{message_id}", {"heard": True}),
        ("delete", "/voicemail/{message_id}", None),
        ("delete", "/devices/{device_id}/registration", None),
        ("put", "/devices/{device_id}/light", {"can_ring": True}),
        ("post", "/calls", {"number": "0201234567", "device": "{device_id}"}),
    ],
)
def test_what_is_a_colleagues_does_not_exist_for_me(
    anna: Someone, foreign: dict[str, Any], method: str, path: str, body: Any
) -> None:
    if body and body.get("device"):
        body = {**body, "device": foreign["device_id"]}
    answer = anna.ask(method, path.format(**foreign), body)
    assert answer.status_code == 404, answer.content
    assert answer.json()["detail"][0]["message"] == "There is no such thing."


def test_listening_in_needs_the_right(anna: Someone, foreign: dict[str, Any]) -> None:
    for verb in ("listen", "whisper", "barge"):
        assert anna.ask("POST", f"/calls/{foreign['live']}/command", {"verb": verb}).status_code == 403


def test_the_description_is_public_and_the_page_about_it_for_people_inside(
    stranger: Client, anna: Someone
) -> None:
    assert stranger.get("/api/v1/openapi.json").status_code == 200
    assert stranger.get("/api/v1/docs").status_code == 302
    assert anna.browser.get("/api/v1/docs").status_code == 200
