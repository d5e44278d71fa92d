"""Two media nodes in one exchange: what is parked, rings or comes back at one is reached from the other."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from functools import partial
from typing import Any, Self

import pytest
import redis

import live
from telephony.calls.errors import CommandError
from telephony.calls.snapshot import CallSnapshot
from telephony.edge import config, peers
from telephony.engine.busy import EVERY
from tests.rig.call_control import HZ, Hand, Refused, expect, hears_music
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.call import Call
from tests.rig.servers import free_ports, free_range

pytestmark = pytest.mark.xdist_group("two_nodes")

NODES = ("media1", "media2")
FIRST, SECOND = NODES


class TwoNodes(Exchange):
    """An exchange with a second media worker; the edge gives calls to both by turns."""

    def __enter__(self) -> Self:
        self.second_port = free_ports(1)[0]
        super().__enter__()
        worker = ("celery", "-A", "telephony.engine.worker", "worker", "--pool", "threads", "-c", "4")
        environ = (
            "KIESTOON_NODE=media2",
            f"KIESTOON_MEDIA_PORT={self.second_port}",
            f"KIESTOON_RTP_PORTS={free_range()}",
        )
        quiet = ("--without-gossip", "--without-mingle", "--queues", "media.media2", "-n", "media2@test")
        self.servers.add("media2", ["env", *environ, *self._python, "-m", *worker, *quiet], self._both_ready)
        return self

    def render(self, peer: peers.TrunkPeer) -> None:
        ports = (self.instance.media_port, self.second_port)
        config.render(self.instance, trunks=[peer], nodes=[f"127.0.0.1:{port}" for port in ports])

    def _both_ready(self) -> bool:
        return all(self.redis("GET", f"kiestoon:node:{node}") for node in NODES) and self._media_ready(
            self.second_port
        )


class Hands(Hand):
    """A hand that reaches the node that owns the call."""

    def calls(self) -> list[CallSnapshot]:
        texts = [text for node in NODES for text in self.exchange.redis("HVALS", f"kiestoon:calls:{node}")]
        return sorted((json.loads(text) for text in texts), key=lambda call: call["started"])

    async def do(self, verb: str, call: str, **args: Any) -> Any:
        node = self.call(call)["node"]
        sent = self._celery.send_task("telephony.command", (verb, call, args), queue=f"media.{node}")
        answer = await asyncio.to_thread(sent.get, timeout=10)
        if not answer["ok"]:
            raise Refused(str(CommandError.from_data(answer["error"])))
        return answer["result"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoNodes]:
    with TwoNodes(tmp_path_factory.mktemp("two")) as exchange:
        yield exchange


@pytest.fixture
async def hands(two: TwoNodes) -> AsyncIterator[Hands]:
    two.forget_phones()
    hands = Hands(two)
    yield hands
    await eventually(lambda: not hands.calls(), 10, "the calls to be over")
    # Who was on a call a second ago is still sent after it; nothing shows when a node has looked again.
    await asyncio.sleep(EVERY + 0.3)


async def aim(two: TwoNodes, phones: Phones, hands: Hands, node: str) -> None:
    """See to it that the next call comes to this node: the edge gives them to both by turns.

    By phones that are not used otherwise: who was on a call a moment ago may be sent after that.
    """
    for filler in ("106", "107"):
        known = {call["id"] for call in hands.calls()}
        call = await (await two.phone(phones, filler)).call("*43")
        (new,) = await eventually(partial(beside, hands, known), 5, "the call to be seen")
        await call.hangup()
        await eventually(partial(nothing_beside, hands, known), 5, "the call to be over")
        if new["node"] != node:
            return
    raise AssertionError("the edge does not take turns")


def beside(hands: Hands, known: set[str]) -> list[CallSnapshot]:
    """The live calls that are not known yet."""
    return [call for call in hands.calls() if call["id"] not in known]


def nothing_beside(hands: Hands, known: set[str]) -> bool:
    return not beside(hands, known)


async def humming(two: TwoNodes, phones: Phones, hands: Hands, node: str) -> tuple[str, Call, Call]:
    """100 and 101 in conversation at a node; the call's id."""
    anna, bram = await two.phone(phones, "100"), await two.phone(phones, "101")
    await aim(two, phones, hands, node)
    call = await anna.call("101")
    at_bram = await bram.incoming()
    await at_bram.answer()
    await call.answered()
    await call.play_tone(HZ["100"])
    await at_bram.play_tone(HZ["101"])
    found = await hands.only()
    assert hands.call(found)["node"] == node
    return found, call, at_bram


@pytest.mark.parametrize("node", NODES)
async def test_a_parked_call_is_taken_by_a_phone_whose_call_comes_to_the_other_node(
    two: TwoNodes, phones: Phones, hands: Hands, node: str
) -> None:
    began = time.time()
    call, anna, bram = await humming(two, phones, hands, node)
    chris = await two.phone(phones, "102")
    assert await hands.do("park", call, extension="101") == "700"
    await bram.ended()
    # The call for the slot comes to the other node by turn: the one to 101 was the last at this one.
    at_slot = await chris.call("700")
    await at_slot.answered()
    await at_slot.play_tone(HZ["102"])
    await expect({anna: ("102",), at_slot: ("100",)})
    await at_slot.hangup()
    await anna.ended()

    def logged() -> list[dict[str, Any]] | None:
        rows = [row for row in two.calls_since(began) if row["dialled"] in ("101", "700") and row["ended"]]
        return rows if len(rows) == 2 else None

    rows = await eventually(logged, 5, "both calls in the log")
    assert [row["node"] for row in rows] == [node, node], "one line in the log for each, where the call was"
    assert [row["outcome"] for row in rows] == ["answered", "answered"]


async def test_no_slot_is_given_twice_and_each_is_free_again(
    two: TwoNodes, phones: Phones, hands: Hands
) -> None:
    first, anna, bram = await humming(two, phones, hands, FIRST)
    await hands.do("park", first, extension="101")
    await bram.ended()
    daan, eva = await two.phone(phones, "103"), await two.phone(phones, "104")
    await aim(two, phones, hands, SECOND)
    talk = await daan.call("104")
    at_eva = await eva.incoming()
    await at_eva.answer()
    await talk.answered()
    second = await hands.other_than(first)
    assert hands.call(second)["node"] == SECOND
    with pytest.raises(Refused, match="Somebody is parked in slot 700 already"):
        await hands.do("park", second, extension="103", slot="700")
    assert await hands.do("park", second, extension="103") == "701"
    await hears_music(at_eva)
    await anna.hangup()
    await eventually(
        lambda: not two.redis("HEXISTS", "kiestoon:parking:nodes", "700"), 5, "the slot to be free"
    )
    await at_eva.hangup()
    await eventually(lambda: not two.redis("HLEN", "kiestoon:parking:nodes"), 5, "both to be free")


@pytest.mark.parametrize("dialled", ["*8101", "*8"])
@pytest.mark.parametrize("node", NODES)
async def test_a_call_that_rings_from_the_other_node_is_picked_up(
    two: TwoNodes, phones: Phones, hands: Hands, node: str, dialled: str
) -> None:
    anna, bram, chris = [await two.phone(phones, number) for number in ("100", "101", "102")]
    await aim(two, phones, hands, node)
    call = await anna.call("101")
    at_bram = await bram.incoming()
    await eventually(
        lambda: [leg for one in hands.calls() for leg in one["legs"] if leg["state"] == "ringing"],
        5,
        "it to be seen that it rings",
    )
    picked = await chris.call(dialled)
    await picked.answered()
    await call.answered()
    await at_bram.ended()
    await call.play_tone(HZ["100"])
    await picked.play_tone(HZ["102"])
    await expect({call: ("102",), picked: ("100",)})
    assert {one["node"] for one in hands.calls()} == {node}
    await call.hangup()
    await picked.ended()


@pytest.mark.parametrize("node", NODES)
async def test_a_browser_that_comes_back_finds_its_call_at_the_other_node(
    two: TwoNodes, phones: Phones, hands: Hands, node: str
) -> None:
    call, anna, bram = await humming(two, phones, hands, node)
    await bram.request("BYE", headers={"Reason": 'Kiestoon;text="reload"'})
    await hands.until(call, x100="held", x101="away")
    chris = await two.phone(phones, "102")
    for _node in NODES:
        assert (await (await chris.call(f"resume-{call}")).ended()).code == 481
    again = await (await two.phone(phones, "101", alone=True)).call(f"resume-{call}")
    await again.answered()
    await again.play_tone(HZ["101"])
    await expect({anna: ("101",), again: ("100",)})
    await again.hangup()
    await anna.ended()


async def test_what_no_node_has_is_refused_as_ever(two: TwoNodes, phones: Phones, hands: Hands) -> None:
    anna = await two.phone(phones, "100")
    began = time.time()
    for _turn in NODES:
        assert (await (await anna.call("709")).ended(15)).code == 404
        assert (await (await anna.call("*8103")).ended(15)).code == 404
        assert (await (await anna.call("resume-0000000000000")).ended()).code == 481
    assert len(await two.logged(began, 4)) == 4


@pytest.mark.parametrize("node", NODES)
async def test_a_phone_joins_its_two_calls_wherever_the_second_one_came_to(
    two: TwoNodes, phones: Phones, hands: Hands, node: str
) -> None:
    _call, anna, bram = await humming(two, phones, hands, node)
    chris = await two.phone(phones, "102")
    # The other node learns within a second that Bram is on a call.
    await asyncio.sleep(EVERY + 0.5)
    await bram.hold()
    question = await bram.phone.call("102")
    at_chris = await chris.incoming()
    await at_chris.answer()
    await question.answered()
    await eventually(lambda: len(hands.calls()) == 2, 5, "both calls to be seen")
    assert {one["node"] for one in hands.calls()} == {node}
    await bram.refer_replaces(question)
    assert await bram.transferred() == 200
    await at_chris.play_tone(HZ["102"])
    await expect({anna: ("102",), at_chris: ("100",)})
    await anna.hangup()
    await at_chris.ended()


async def test_who_talks_at_one_node_and_is_rung_at_the_other_is_shown_as_busy_throughout(
    two: TwoNodes, phones: Phones, hands: Hands
) -> None:
    _call, anna, at_bram = await humming(two, phones, hands, FIRST)
    with closing(redis.Redis(port=two.instance.redis_port, decode_responses=True)) as client:
        news = client.pubsub(ignore_subscribe_messages=True)
        news.subscribe(live.LIVE)
        news.get_message(timeout=1)  # that it listens now
        # The edge gives this one to the other node: nobody there has a call.
        known = {call["id"] for call in hands.calls()}
        chris = await (await two.phone(phones, "102")).call("101")
        (new,) = await eventually(partial(beside, hands, known), 5, "the second call")
        assert new["node"] == SECOND
        await at_bram.phone.incoming()
        assert line(client) == "busy"
        await chris.hangup()
        await eventually(partial(nothing_beside, hands, known), 5, "the second call to be over")
        assert line(client) == "busy"
        assert set(nodes_where(client)) == {FIRST}
        await anna.hangup()
        await eventually(lambda: not line(client), 5, "101 to be idle")
        told = [json.loads(one["data"]) for one in iter(lambda: news.get_message(timeout=0.2), None)]
        states = [one["state"] for one in told if one["kind"] == "extension" and one["extension"] == "101"]
        assert states[-1] == "idle" and set(states[:-1]) == {"busy"}, states


def line(client: redis.Redis) -> str:
    """What 101 does, as all see it."""
    kept: Any = client.hgetall(live.LAMPS)
    return str(live.lamps(kept).get("101", {}).get("state", ""))


def nodes_where(client: redis.Redis) -> list[str]:
    """The nodes at which 101 is not idle."""
    fields: Any = client.hkeys(live.LAMPS)
    return [field.partition(" ")[2] for field in fields if field.startswith("101 ")]
