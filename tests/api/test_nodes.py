"""Several media nodes show what they do in one Redis; what one of them leaves behind for good does not stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

import live
from live import nodes
from pbxsite.instance import instance
from telephony.calls import blf as showing
from telephony.calls import log_rows, tasks, usage
from telephony.calls.blf import show_lamps
from telephony.calls.events import Doing
from telephony.calls.log_writer import CallLog
from telephony.calls.models import Call
from telephony.engine.busy import busy_on
from tests.rig.api import Someone, live_call
from tests.rig.replay import heard

pytestmark = pytest.mark.django_db
HERE, THERE = instance.node, "media2"
BUSY: Doing = {"state": "busy"}
IDLE: Doing = {"state": "idle"}
RINGING: Doing = {"state": "ringing", "call": "c2", "peer": "102", "peer_name": '"state":"busy"'}


def show(node: str, shown: Doing, extension: str = "101") -> None:
    """A node says what an extension does there; it knows of the other node."""
    pipe = live.client().pipeline(transaction=False)
    show_lamps(pipe, {extension: shown}, node, [THERE if node == HERE else HERE])
    pipe.execute()


def test_a_second_call_at_another_node_leaves_the_first_one_in_sight(anna: Someone, bert: Someone) -> None:
    since, seen = live.last_event(), []
    for node, shown in ((HERE, BUSY), (THERE, RINGING), (THERE, IDLE), (HERE, IDLE)):
        show(node, shown)
        seen.append(live.lines().get("101", "idle"))
    assert seen == ["busy", "busy", "busy", "idle"]
    assert [event["state"] for event in heard(anna, since)] == seen


def test_who_is_rung_at_two_nodes_still_is_when_one_gives_up() -> None:
    with live.client().pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(live.LIVE)
        channel.get_message(timeout=1)  # that it listens now
        show(HERE, {**RINGING, "call": "c1", "peer": "103"})
        show(THERE, RINGING)
        show(HERE, IDLE)
        told = [json.loads(one["data"]) for one in iter(lambda: channel.get_message(timeout=0.2), None)]
    assert [one["state"] for one in told] == ["ringing"] * 3
    assert (told[-1]["call"], told[-1]["peer_name"]) == ("c2", '"state":"busy"')


def test_who_talks_where_is_known_of_each_node() -> None:
    show(HERE, BUSY)
    show(THERE, RINGING)
    show(THERE, BUSY, "102")
    assert nodes.talks({HERE: "here:1", THERE: "there:1"}) == {"101": "here:1", "102": "there:1"}


# --- a node that never returns


@pytest.fixture
def gone(anna: Someone, bert: Someone, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A call of a node that died with its machine: 101 calls outside."""
    call = live_call("c1", "101", "102")
    call["node"], call["legs"][1]["trunk"], call["legs"][1]["payer"] = "media9", 1, "101"
    call["legs"][1]["ended"] = None
    call["started"] = 1_700_000_000.0
    live.client().delete(live.CALLS.format(node=HERE))
    live.client().hset(live.CALLS.format(node="media9"), "c1", json.dumps(call))
    show("media9", BUSY)
    monkeypatch.setattr(nodes, "SIGN", 0.05)
    return call


def test_calls_of_a_node_that_is_gone_count_for_nothing(gone: dict[str, Any]) -> None:
    nodes.show("media9", "127.0.0.1:1")
    assert usage.calls_elsewhere(HERE) == {"101": 1}
    assert "101" in busy_on(nodes.others(HERE))
    live.client().delete(nodes.NODE.format(name="media9"))
    assert usage.calls_elsewhere(HERE) == {}
    assert busy_on(nodes.others(HERE)) == frozenset()


def test_after_a_while_its_calls_are_over_and_its_lamps_out(gone: dict[str, Any], anna: Someone) -> None:
    since = live.last_event()
    tasks.close_gone_nodes()
    assert live.live_calls() == [] and live.lines() == {}
    assert "idle" in [event["state"] for event in heard(anna, since) if event["kind"] == "extension"]
    row = Call.objects.get()
    assert (row.outcome, row.node, row.legs.count()) == ("lost", "media9", 2)


def test_those_of_a_node_that_lives_stay(gone: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    nodes.show("media9", "127.0.0.1:1")
    tasks.close_gone_nodes()
    assert len(live.live_calls()) == 1
    # Redis was away, and the node has not given its sign again yet.
    live.client().delete(nodes.NODE.format(name="media9"))
    monkeypatch.setattr(tasks.time, "sleep", lambda _seconds: nodes.show("media9", "127.0.0.1:1"))
    tasks.close_gone_nodes()
    assert (len(live.live_calls()), live.lines()) == (1, {"101": "busy"})


# --- a node that died before the database had its calls


def ended_but_not_logged(call: dict[str, Any]) -> None:
    """What a node leaves that dies between the two steps of ending a call in Redis."""
    over = {**call, "state": "ended", "outcome": "answered", "ended": call["started"] + 60, "parties": []}
    live.client().hset(live.ENDED.format(node=call["node"]), call["id"], json.dumps(over))


def test_a_call_that_had_ended_is_in_the_log_as_what_it_was(gone: dict[str, Any], bert: Someone) -> None:
    ended_but_not_logged(gone)
    since = live.last_event()
    tasks.close_gone_nodes()
    row = Call.objects.get()
    assert (row.outcome, row.node, row.seconds, row.legs.count()) == ("answered", "media9", 56, 2)
    assert nodes.gone() == set() and live.ended_calls("media9") == []
    assert "logged" in [event["kind"] for event in heard(bert, since)]


def test_nothing_but_an_ended_call_is_enough_to_find_the_node(gone: dict[str, Any]) -> None:
    ended_but_not_logged(gone)
    live.client().delete(live.CALLS.format(node="media9"), live.LAMPS)
    assert nodes.gone() == {"media9"}
    tasks.close_gone_nodes()
    assert Call.objects.get().outcome == "answered"


@pytest.mark.parametrize("outcome", ["answered", "lost"])
def test_with_the_database_away_too_its_calls_wait_in_redis(
    gone: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outcome: str
) -> None:
    if outcome == "answered":
        ended_but_not_logged(gone)

    def refuse(*_calls: Any) -> None:
        raise OperationalError("the server has gone away")

    with monkeypatch.context() as away:
        away.setattr(showing, "write_calls", refuse)
        away.setattr(log_rows, "write_calls", refuse)
        tasks.close_gone_nodes()
    assert not Call.objects.exists()
    assert [call["outcome"] for call in live.ended_calls("media9")] == [outcome]
    # The node comes back, and dies once more between the log and Redis; the call is in the log once.
    for _life in range(2):
        log = CallLog(tmp_path / "unlogged.jsonl", "media9")
        kept: Any = live.client().hgetall(live.ENDED.format(node="media9"))
        log.start()
        log.stop(5)
        assert live.ended_calls("media9") == []
        row = Call.objects.get()
        assert (row.outcome, row.legs.count()) == (outcome, 2)
        live.client().hset(live.ENDED.format(node="media9"), mapping=kept)
