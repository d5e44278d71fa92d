"""My calls that go on: what I see of them, and the commands that I give."""

from __future__ import annotations

import json
from typing import Any

import pytest

import live
from pbxsite.instance import instance
from telephony.calls import control
from telephony.calls.errors import CommandError
from telephony.extensions.models import Extension
from tests.rig.api import Someone, live_call, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the media nodes are asked to do, at the border of our own code."""
    seen: list[tuple[Any, ...]] = []

    def command(verb: str, call: str, **args: Any) -> str:
        seen.append((verb, call, args))
        return "ok"

    def originate(*args: Any, **more: Any) -> str:
        seen.append(("originate", *args, more))
        return "c9"

    monkeypatch.setattr(control, "command", command)
    monkeypatch.setattr(control, "originate", originate)
    return seen


def test_my_live_calls_show_my_own_leg_and_not_my_colleagues_device(anna: Someone, bert: Someone) -> None:
    live_call("c1", "100", "101")
    live_call("c2", "102", "103")
    (call,) = anna.get("/calls/live")
    mine, other = call["parties"]
    assert (mine["device"], mine["sip_call_id"]) == (1, "sip-100")
    assert (other["device"], other["sip_call_id"]) == (None, "")


def test_a_listener_is_seen_by_nobody_else(anna: Someone, bert: Someone) -> None:
    call = live_call("c1", "100", "101")
    call["parties"].append({**call["parties"][0], "leg": "c1-102", "extension": "102", "state": "listening"})
    live.client().hset(live.CALLS.format(node=instance.node), "c1", json.dumps(call))
    assert [one["leg"] for one in anna.get("/calls/live")[0]["parties"]] == ["c1-100", "c1-101"]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"verb": "hold"}, {}),
        ({"verb": "hangup"}, {}),
        ({"verb": "mute", "on": True}, {"on": True}),
        ({"verb": "transfer", "number": "102"}, {"number": "102"}),
        ({"verb": "consult", "number": "102"}, {"number": "102"}),
        ({"verb": "complete"}, {}),
        ({"verb": "add", "number": "0201234567"}, {"number": "0201234567"}),
        ({"verb": "drop", "number": "101"}, {"number": "101"}),
        ({"verb": "drop", "leg": "c1-101"}, {"leg": "c1-101"}),
        ({"verb": "park", "slot": "701"}, {"slot": "701"}),
        ({"verb": "record", "on": True}, {"on": True}),
    ],
    ids=lambda value: value.get("verb") if isinstance(value, dict) else None,
)
def test_a_command_goes_to_the_call_in_my_name(
    anna: Someone, asked: list[Any], body: dict[str, Any], sent: dict[str, Any]
) -> None:
    live_call("c1", "100", "101")
    assert anna.ask("POST", "/calls/c1/command", body).status_code == 200
    assert asked == [(body["verb"], "c1", {"extension": "100", **sent})]


def test_a_call_moves_to_my_own_device_only(anna: Someone, bert: Someone, asked: list[Any]) -> None:
    live_call("c1", "100", "101")
    assert (
        anna.ask("POST", "/calls/c1/command", {"verb": "move", "device": anna.device.pk}).status_code == 200
    )
    assert (
        anna.ask("POST", "/calls/c1/command", {"verb": "move", "device": bert.device.pk}).status_code == 404
    )
    assert len(asked) == 1


def test_a_supervisor_listens_in(anna: Someone, bert: Someone, asked: list[Any]) -> None:
    Extension.objects.filter(number="100").update(may_listen_in=True)
    live_call("c1", "101", "102")
    assert anna.ask("POST", "/calls/c1/command", {"verb": "listen"}).status_code == 200
    assert anna.ask("POST", "/calls/c1/command", {"verb": "hangup"}).status_code == 404


def test_a_call_that_only_rings_is_answered_first(anna: Someone, asked: list[Any]) -> None:
    call = live_call("c1", "101", "100", "ringing")
    call["parties"][1]["state"] = "ringing"
    show(call)
    assert anna.ask("POST", "/calls/c1/command", {"verb": "hold"}).status_code == 409
    assert anna.ask("POST", "/calls/c1/command", {"verb": "voicemail"}).status_code == 200
    assert [verb for verb, *_rest in asked] == ["voicemail"]


def test_a_command_that_fails_says_why(anna: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_more: Any) -> None:
        raise CommandError("not_answered")

    monkeypatch.setattr(control, "command", refuse)
    live_call("c1", "100", "101")
    answer = anna.ask("POST", "/calls/c1/command", {"verb": "hold"})
    assert answer.status_code == 409
    message = "Nobody has answered this call yet."
    assert answer.json()["detail"] == [{"field": "", "message": message, "code": "not_answered"}]


def test_a_media_node_that_is_away_is_no_refusal_and_not_told_by_name(
    anna: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise CommandError("node_away", node="secret-node")

    monkeypatch.setattr(control, "command", fail)
    live_call("c1", "100", "101")
    answer = anna.ask("POST", "/calls/c1/command", {"verb": "hold"})
    assert answer.status_code == 503
    assert "secret-node" not in answer.content.decode()


def test_a_call_begins_at_a_device_of_mine(anna: Someone, asked: list[Any]) -> None:
    assert anna.ask("POST", "/calls", {"number": "0201234567"}).json() == {"call": "c9"}
    anna.ask("POST", "/calls", {"number": "101", "device": anna.device.pk})
    anna.ask("POST", "/calls", {"number": "101", "device": "mobile"})
    assert asked == [
        ("originate", "100", "0201234567", {}),
        ("originate", "100", "101", {"device": anna.device.pk}),
        ("originate", "100", "101", {"device": "mobile"}),
    ]
