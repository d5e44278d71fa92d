"""The edge agent: what the edge sees is in the database, what the exchange knows is on the lamps.

Whatever is killed in between.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import redis

from pbxsite.instance import ROOT
from telephony.edge import payloads, rpc
from telephony.edge.lamps import watched_extensions
from tests.rig.edge.agents import Message, Phone
from tests.rig.edge.events import until
from tests.rig.edge.lamps import notified, state_of, subscribe
from tests.rig.edge.wires import UdpWire, WsWire
from tests.rig.servers import Servers

pytestmark = pytest.mark.xdist_group("edge-agent")


class Exchange:
    """A migrated database, Redis, Kamailio and the agent."""

    def __init__(self, servers: Servers) -> None:
        self.servers, self.edge = servers, servers.instance
        self.redis = redis.Redis.from_url(self.edge.redis_url)
        self.phones: list[Phone] = []

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.servers.environ,
            check=True,
            capture_output=True,
            timeout=60,
        )

    def start_agent(self) -> None:
        self.servers.add("agent", [sys.executable, str(ROOT / "manage.py"), "edge_agent"])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.edge.var / "db.sqlite3", timeout=10)) as db:
            return db.execute(query).fetchall()

    def write(self, statement: str) -> None:
        with closing(sqlite3.connect(self.edge.var / "db.sqlite3", timeout=10)) as db:
            db.execute(statement)
            db.commit()

    def registered(self, extension: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT d.username, r.contact, r.source, r.user_agent FROM telephony_registration r"
            f" LEFT JOIN telephony_device d ON d.id = r.device_id WHERE r.extension = '{extension}' ORDER BY r.id"
        )

    def phone(self, username: str, over: str = "udp", address: str = "127.0.0.1", secret: str = "") -> Phone:
        wire = (
            WsWire(("127.0.0.1", self.edge.ws_port))
            if over == "ws"
            else UdpWire(("127.0.0.1", self.edge.sip_port), (address, 0))
        )
        extension = username.partition("-")[0]
        self.phones.append(Phone(wire, username, secret or f"secret{username}", extension=extension))
        return self.phones[-1]

    def say(self, **message: Any) -> None:
        """What the media node says when an extension's state changes."""
        until(lambda: self.redis.pubsub_numsub("kiestoon:live")[0][1] >= 1, 40)
        if message["kind"] == "extension":
            self.redis.hset("kiestoon:lamp", message["extension"], json.dumps(message))
        self.redis.publish("kiestoon:live", json.dumps(message))

    def lit(self, one: Phone, shown: str) -> Message:
        return notified(one, lambda body: shown in body)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    with Servers(tmp_path_factory.mktemp("agent")) as servers:
        one = Exchange(servers)
        one.manage("-m", "tests.rig.edge.rows")
        one.manage("manage.py", "edge_config")
        servers.start("redis", "edge")
        one.start_agent()
        yield one
        for phone in one.phones:
            phone.close()


def test_a_registration_is_a_row_with_its_device(exchange: Exchange) -> None:
    desk, browser = exchange.phone("100"), exchange.phone("100-2", "ws")
    assert desk.register().status == browser.register().status == 200
    until(lambda: len(exchange.registered("100")) == 2, 40)
    host, port = desk.wire.address
    assert exchange.registered("100")[0] == (
        "100",
        f"sip:100@{host}:{port}",
        f"udp:{host}:{port}",
        "Test Phone 1.0",
    )
    assert exchange.registered("100")[1][0] == "100-2"
    times = "SELECT since, expires FROM telephony_registration WHERE extension = '100' ORDER BY id"
    for expires in (1000, 2000):  # after the first time, nothing but events moves the row
        before = exchange.rows(times)[0]
        assert desk.register(expires=expires).status == 200
        until(lambda before=before: exchange.rows(times)[0][1] > before[1])  # type: ignore[misc]
    assert exchange.rows(times)[0][0] == before[0]
    browser.close()
    until(lambda: len(exchange.registered("100")) == 1)
    assert desk.register(expires=0).status == 200
    until(lambda: not exchange.registered("100"))


def test_a_phone_with_a_name_that_is_no_text_is_a_row_like_others(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = exchange.phone("109")
    send = one.wire.send
    monkeypatch.setattr(one.wire, "send", lambda data: send(data.replace(b"Test Phone", b"Bad \xff\xc3\x00")))
    assert one.register().status == 200
    until(lambda: [row[0] for row in exchange.registered("109")] == ["109"])
    assert exchange.registered("109")[0][3].startswith("Bad ")


def test_the_administrations_page_hears_of_a_registration(exchange: Exchange) -> None:
    with closing(exchange.redis.pubsub()) as channel:
        channel.subscribe("kiestoon:live")
        assert exchange.phone("102").register().status == 200
        heard: list[Any] = []

        def announced() -> bool:
            message = channel.get_message(timeout=0.1)
            if message and message["type"] == "message":
                heard.append(json.loads(message["data"]))
            return {"kind": "registration", "extension": "102"} in heard

        until(announced)


def test_a_ban_is_a_row_and_survives_the_edge(exchange: Exchange) -> None:
    address = "127.0.9.9"
    guesser = exchange.phone("103", address=address, secret="guess")
    for _attempt in range(9):
        assert guesser.register().status == 401
    with pytest.raises(TimeoutError):
        guesser.ask(guesser.build("REGISTER", "sip:kiestoon", To="<sip:103@kiestoon>"), timeout=0.3)
    query = f"SELECT reason, username FROM telephony_ban WHERE address = '{address}'"
    until(lambda: exchange.rows(query) == [("passwords", "103")])
    exchange.servers["edge"].kill()
    exchange.servers["edge"].start()
    until(lambda: address in {ban.address for ban in rpc.bans(to=exchange.edge)}, 40)
    (ban,) = (ban for ban in rpc.bans(to=exchange.edge) if ban.address == address)
    until_row = exchange.rows(f"SELECT strftime('%s', until) FROM telephony_ban WHERE address = '{address}'")[
        0
    ][0]
    assert abs(ban.until.timestamp() - int(until_row)) < 5
    rpc.lift_ban(address, to=exchange.edge)
    exchange.write(f"DELETE FROM telephony_ban WHERE address = '{address}'")


def test_lamps_follow_the_exchange_and_survive_the_edge(exchange: Exchange) -> None:
    watcher = exchange.phone("104")
    exchange.say(kind="extension", extension="105", state="busy")
    assert subscribe(watcher, "105", "dialog").status == 200
    assert state_of(exchange.lit(watcher, "confirmed")) == "confirmed"
    exchange.say(kind="extension", extension="105", state="ringing")
    exchange.lit(watcher, "early")
    until(lambda: "105" in _watched(exchange))
    exchange.servers["edge"].kill()
    exchange.servers["edge"].start()
    exchange.lit(watcher, "early")  # published again by itself
    exchange.say(kind="extension", extension="105", state="idle")
    notified(watcher, lambda body: "<dialog " not in body)


def test_a_new_agent_does_not_leave_old_lamps_lit(exchange: Exchange) -> None:
    watcher = exchange.phone("104")
    assert subscribe(watcher, "106", "dialog").status == 200
    exchange.say(kind="extension", extension="106", state="busy")
    exchange.lit(watcher, "confirmed")
    until(lambda: "106" in _watched(exchange))
    exchange.servers["agent"].kill()
    exchange.redis.hdel("kiestoon:lamp", "106")
    exchange.start_agent()
    notified(watcher, lambda body: "<dialog " not in body)
    assert len([entry for entry in rpc.published(to=exchange.edge) if entry[:2] == ("106", "dialog")]) == 1


def test_names_that_nobody_has_fill_no_memory_and_a_new_extension_has_its_lamp(exchange: Exchange) -> None:
    watcher, other = exchange.phone("104"), exchange.phone("104-2")
    exchange.say(kind="extension", extension="990", state="busy")
    assert subscribe(watcher, "990", "dialog").status == 200
    assert subscribe(other, "105", "dialog").status == 200
    exchange.say(kind="extension", extension="105", state="busy")
    exchange.lit(other, "confirmed")
    until(lambda: {"990", "105"} <= _watched(exchange))
    told = {entry[0] for entry in rpc.published(to=exchange.edge)}
    assert "105" in told and "990" not in told
    exchange.write("UPDATE telephony_extension SET number = '990' WHERE number = '108'")
    exchange.redis.publish("kiestoon:directory", "")
    assert "sip:990@" in exchange.lit(watcher, "confirmed").body
    exchange.write("UPDATE telephony_extension SET number = '108' WHERE number = '990'")
    exchange.say(kind="extension", extension="105", state="idle")


def test_the_message_lamp_shows_what_is_in_the_mailbox(exchange: Exchange) -> None:
    one = exchange.phone("101-2")
    assert subscribe(one, "101-2", "message-summary").status == 200
    assert "Messages-Waiting: yes" in exchange.lit(one, "Voice-Message: 2/0").body
    exchange.say(kind="mailbox", extension="101", new=0, old=2)
    assert "Messages-Waiting: no" in exchange.lit(one, "Voice-Message: 0/2").body


def test_what_happened_while_the_agent_was_away_is_made_up_for(exchange: Exchange) -> None:
    kept, left = exchange.phone("107"), exchange.phone("107-2")
    assert left.register().status == 200
    until(lambda: len(exchange.registered("107")) == 1)
    exchange.servers["agent"].kill()
    assert kept.register().status == 200
    assert left.register(expires=0).status == 200
    exchange.redis.xtrim("kiestoon:edge", maxlen=0)  # the events are lost, too
    exchange.start_agent()
    until(lambda: [row[0] for row in exchange.registered("107")] == ["107"], 40)


def test_redis_may_come_back_empty(exchange: Exchange) -> None:
    watcher = exchange.phone("104")
    assert subscribe(watcher, "108", "dialog").status == 200
    notified(watcher, lambda _body: True)
    exchange.servers["redis"].kill()
    one = exchange.phone("108")
    assert one.register().status == 200  # calls and registrations do not need it
    exchange.servers["redis"].start()
    until(lambda: [row[0] for row in exchange.registered("108")] == ["108"], 40)
    exchange.say(kind="extension", extension="108", state="busy")
    exchange.lit(watcher, "confirmed")


def test_the_agent_says_each_trouble_once(exchange: Exchange) -> None:
    text = exchange.servers["agent"].log.read_text()
    assert "Traceback" not in text
    assert text.count("trying again") < 15, text


def _watched(exchange: Exchange) -> set[str]:
    return watched_extensions(exchange.edge)


def test_a_document_survives_hostile_names() -> None:
    text = payloads.dialog_info(
        "100", "kiestoon", "ringing", version=3, call='"><x>', peer="1&2", peer_name='<b>"'
    )
    root = ET.fromstring(text)
    assert root.get("version") == "3"
    assert len(root) == 1
