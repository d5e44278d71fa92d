"""Lamps: what the application publishes reaches the phones that look, and nobody looks into another's mailbox."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable

import pytest

from pbxsite.instance import Instance
from telephony.edge import payloads
from telephony.edge.publish import Publisher, PublishTimeoutError
from tests.edge.conftest import PhoneMaker
from tests.rig.edge.agents import request_for
from tests.rig.edge.events import Events
from tests.rig.edge.lamps import DIALOG, notified, state_of, subscribe
from tests.rig.servers import Servers


@pytest.fixture
async def publisher(edge: Instance) -> AsyncIterator[Publisher]:
    client = await Publisher.open(edge)
    yield client
    client.close()


def shows(text: str) -> Callable[[str], bool]:
    """A test for `notified`: the document has this in it; "none" means a document without a dialog."""
    if text == "none":
        return lambda body: "<dialog-info" in body and "<dialog " not in body
    return lambda body: text in body


async def show(publisher: Publisher, extension: str, state: payloads.LampState, version: int) -> None:
    body = payloads.dialog_info(
        extension, "kiestoon", state, version=version, call="c1", peer="199", peer_name="A & B"
    )
    await publisher.publish(extension, "dialog", payloads.DIALOG_INFO, body)


@pytest.mark.parametrize("over", ["udp", "tcp", "ws"])
async def test_a_lamp_follows_a_colleague(
    phone: PhoneMaker, publisher: Publisher, events: Events, over: str
) -> None:
    watcher = phone("160-2", over)
    target = {"udp": "161", "tcp": "162", "ws": "163"}[over]
    assert subscribe(watcher, target, "dialog").status == 200
    event = events.wait(lambda e: e["kind"] == "watched" and e["extension"] == target)
    assert event["event"] == "dialog"
    for version, (state, shown) in enumerate(
        (("idle", "none"), ("ringing", "early"), ("busy", "confirmed"), ("idle", "none"))
    ):
        await show(publisher, target, state, version)  # type: ignore[arg-type]
        notify = notified(watcher, shows(shown))
        assert state_of(notify) == shown
        assert notify["Subscription-State"].startswith("active")
    versions = re.findall(r'version="(\d+)"', notify.body)
    assert len(versions) == 1


async def test_a_new_watcher_sees_what_is_already_so(phone: PhoneMaker, publisher: Publisher) -> None:
    await show(publisher, "164", "ringing", 0)
    watcher = phone("165")
    assert subscribe(watcher, "164", "dialog").status == 200
    notify = notified(watcher, lambda body: "early" in body)
    party = ET.fromstring(notify.body).find("x:dialog/x:remote/x:identity", DIALOG)
    assert party is not None
    assert party.get("display") == "A & B"
    assert party.text == "sip:199@kiestoon"


async def test_the_message_lamp_counts(phone: PhoneMaker, publisher: Publisher, events: Events) -> None:
    one, second = phone("166"), phone("166-2")
    assert subscribe(one, "166", "message-summary").status == 200
    assert subscribe(second, "166-2", "message-summary").status == 200
    for _phone in (one, second):
        event = events.wait(lambda e: e["kind"] == "watched" and e["event"] == "message-summary")
        assert event["extension"] == "166"
    for new, old in ((2, 1), (0, 3)):
        body = payloads.message_summary("166", "kiestoon", new, old)
        await publisher.publish("166", "message-summary", payloads.MESSAGE_SUMMARY, body)
        for each in (one, second):
            notify = notified(each, shows(f"Voice-Message: {new}/{old}"))
            assert f"Voice-Message: {new}/{old} (0/0)" in notify.body
            assert f"Messages-Waiting: {'yes' if new else 'no'}" in notify.body
            assert notify["Event"].startswith("message-summary")


def test_another_persons_mailbox_is_none_of_your_business(phone: PhoneMaker) -> None:
    assert subscribe(phone("167"), "168", "message-summary").status == 403
    assert subscribe(phone("167"), "168-2", "message-summary").status == 403


def test_a_phone_is_told_which_events_there_are(phone: PhoneMaker) -> None:
    answer = subscribe(phone("169"), "169", "presence")
    assert (answer.status, answer["Allow-Events"]) == (489, "dialog, message-summary")


def test_a_stranger_sees_no_lamp(phone: PhoneMaker, address: str) -> None:
    assert subscribe(phone("170", address=address, secret="guess"), "100", "dialog").status in (401, 407)


def test_phones_cannot_publish(phone: PhoneMaker) -> None:
    one = phone("171")
    body = payloads.dialog_info("100", "kiestoon", "busy", version=0)
    assert one.ask(one.build("PUBLISH", "sip:100@kiestoon", ("Event", "dialog"), body=body)).status == 405


def test_a_subscription_is_prolonged_and_ended(phone: PhoneMaker) -> None:
    one = phone("172")
    answer = subscribe(one, "173", "dialog")
    notified(one, lambda _body: True)
    for expires, state in ((300, "active"), (0, "terminated")):
        again = one.within("SUBSCRIBE", answer)
        again.headers += [("Event", "dialog"), ("Expires", str(expires)), ("Accept", payloads.DIALOG_INFO)]
        assert one.ask(again).status == 200
        notify = one.expect(request_for("NOTIFY"))
        assert notify["Subscription-State"].startswith(state)
        one.send(notify.answer(200))


async def test_a_forgotten_document_is_published_anew(
    phone: PhoneMaker, publisher: Publisher, edge: Instance
) -> None:
    await show(publisher, "174", "busy", 0)
    publisher._published["174", "dialog"].etag = "gone"
    await show(publisher, "174", "ringing", 1)  # 412, then anew
    assert await publisher.refresh("174", "dialog")
    assert not await publisher.refresh("175", "dialog")


async def test_an_absent_edge_is_said_to_be_so(edge: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.edge.publish.TIMEOUT", 0.3)
    client = await Publisher.open(edge)
    monkeypatch.setitem(edge.__dict__, "core_port", 9)
    with pytest.raises(PublishTimeoutError):
        await show(client, "176", "busy", 0)
    client.close()


async def test_two_hundred_lamps_at_once(phone: PhoneMaker, publisher: Publisher) -> None:
    numbers = [str(number) for number in range(2000, 2200)]
    await asyncio.gather(*(show(publisher, number, "ringing", 0) for number in numbers))
    etags = {publisher._published[number, "dialog"].etag for number in numbers}
    assert len(etags) == len(numbers) and "" not in etags, "the edge has not taken each of them"
    for watcher, number in ((phone("180"), numbers[0]), (phone("181"), numbers[-1])):
        assert subscribe(watcher, number, "dialog").status == 200
        assert f"sip:{number}@" in notified(watcher, shows("early")).body


async def test_a_subscription_survives_a_restart(servers: Servers, edge: Instance, phone: PhoneMaker) -> None:
    import sqlite3
    from contextlib import closing

    from telephony.edge import config
    from telephony.edge.lamps import watched_extensions
    from tests.rig.edge.events import until

    one = phone("177")
    assert subscribe(one, "178", "dialog").status == 200
    notified(one, lambda _body: True)
    with closing(sqlite3.connect(config.databases(edge) / "presence.db", timeout=5)) as db:
        rows = "SELECT count(*) FROM active_watchers WHERE presentity_uri = 'sip:178@kiestoon'"
        until(lambda: db.execute(rows).fetchone() == (1,))
    assert "178" in watched_extensions(edge)
    servers["edge"].kill()
    servers["edge"].start()
    client = await Publisher.open(edge)
    await show(client, "178", "busy", 0)
    client.close()
    assert state_of(notified(one, lambda body: "confirmed" in body)) == "confirmed"


async def test_a_phone_is_told_to_fetch_its_settings(phone: PhoneMaker, publisher: Publisher) -> None:
    one = phone("179")
    assert one.register().status == 200
    asked = asyncio.ensure_future(publisher.notify("179", "check-sync;reboot=false"))
    notify = await asyncio.to_thread(one.expect, lambda m: m.method == "NOTIFY")
    assert notify["Event"] == "check-sync;reboot=false"
    one.send(notify.answer(200))
    assert await asked == 200
