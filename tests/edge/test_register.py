"""A device registers with the secret that was printed for it, and nothing else does."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, rpc
from tests.edge.conftest import SUBSCRIBERS, PhoneMaker
from tests.rig.edge.agents import MediaNode
from tests.rig.edge.events import Events, until
from tests.rig.edge.subscribers import write_subscribers
from tests.rig.servers import Servers


def contacts(edge: Instance, extension: str) -> list[rpc.Contact]:
    return [contact for contact in rpc.registrations(to=edge) if contact.extension == extension]


@pytest.mark.parametrize("over", ["udp", "tcp", "tls", "ws", "wss"])
def test_a_phone_registers_with_the_printed_secret(
    edge: Instance, phone: PhoneMaker, events: Events, over: str
) -> None:
    one = phone("110", over)
    answer = one.register(expires=120)
    assert answer.status == 200
    (contact,) = (c for c in contacts(edge, "110") if c.source.endswith(f":{one.wire.address[1]}"))
    assert contact.user_agent == "Test Phone 1.0"
    assert 100 < contact.expires <= 120
    event = events.wait(lambda e: e["kind"] == "registered" and e["contact"] == contact.contact)
    assert event["extension"] == "110"
    assert event["device"] == 11
    assert event["source"] == f"{over}:127.0.0.1:{one.wire.address[1]}"
    assert event["expires"] == 120
    assert one.register().status == 200
    events.wait(lambda e: e["kind"] == "refreshed" and e["contact"] == contact.contact)
    assert one.register(expires=0).status == 200
    events.wait(lambda e: e["kind"] == "unregistered" and e["contact"] == contact.contact)
    assert contact.contact not in {c.contact for c in contacts(edge, "110")}


def test_a_wrong_secret_is_refused(edge: Instance, phone: PhoneMaker, address: str, events: Events) -> None:
    assert phone("111", address=address, secret="guess").register().status == 401
    assert not contacts(edge, "111")
    event = events.wait(lambda e: e["kind"] == "wrong_password" and e["address"] == address)
    assert event["username"] == "111"


def test_an_unknown_device_hears_the_same_as_a_wrong_secret(phone: PhoneMaker, address: str) -> None:
    wrong = phone("111", address=address, secret="guess").register()
    unknown = phone("999999", address=address, secret="guess").register()
    assert (unknown.status, unknown.start) == (wrong.status, wrong.start)


def test_a_second_device_registers_by_its_own_name_or_the_extension(
    edge: Instance, phone: PhoneMaker
) -> None:
    first, second, third = phone("112"), phone("112-2"), phone("112-2", "ws", extension="112-2")
    assert [one.register().status for one in (first, second, third)] == [200, 200, 200]
    assert len(contacts(edge, "112")) == 3


@pytest.mark.parametrize("header", ["To", "From"])
def test_a_device_cannot_register_for_another_extension(
    edge: Instance, phone: PhoneMaker, header: str
) -> None:
    tag = ";tag=a" if header == "From" else ""
    one = phone("113")
    to = {"To": "<sip:113@kiestoon>", header: f"<sip:114@kiestoon>{tag}"}
    assert one.ask(one.build("REGISTER", "sip:kiestoon", **to)).status == 403
    assert not contacts(edge, "114")


def test_the_ninth_device_of_an_extension_takes_the_place_of_the_oldest(
    edge: Instance, phone: PhoneMaker
) -> None:
    one = phone("115")
    host, port = one.wire.address
    answers = [one.register(Contact=f"<sip:{line}@{host}:{port}>").status for line in "abcdefghi"]
    assert answers == [200] * 9
    assert {contact.contact[4] for contact in contacts(edge, "115")} == set("bcdefghi")


def test_a_phone_can_ask_which_devices_are_registered(phone: PhoneMaker) -> None:
    one = phone("123")
    assert one.register().status == 200
    answer = one.register(Contact="", Expires="")
    assert answer.status == 200
    assert one.contact in answer["Contact"]


def test_how_long_a_registration_lasts_is_told_for_each_device(
    edge: Instance, phone: PhoneMaker, events: Events
) -> None:
    desk, second = phone("124"), phone("124-2", "tcp")
    address = desk.contact
    for one, replace, seconds in (
        (desk, {"Expires": "900"}, 900),
        (second, {"Expires": "60"}, 60),
        (desk, {"Expires": "60", "Contact": f"{address};expires=1200"}, 1200),
        (second, {"Expires": "1"}, 5),
        (desk, {"Expires": "99999"}, 3600),
        (second, {"Expires": ""}, 300),
        (desk, {"Expires": "", "Contact": address.strip("<>")}, 300),
    ):
        assert (
            one.ask(one.build("REGISTER", "sip:kiestoon", **({"To": "<sip:124@kiestoon>"} | replace))).status
            == 200
        )
        uri = one.contact.strip("<>")
        assert events.wait(lambda e, uri=uri: e.get("contact") == uri)["expires"] == seconds  # type: ignore[misc]
        (contact,) = (found for found in contacts(edge, "124") if found.contact == uri)
        assert seconds - 4 < contact.expires <= seconds


def test_a_phone_that_clears_its_bindings_leaves_those_of_other_places(
    edge: Instance, phone: PhoneMaker, address: str
) -> None:
    desk, browser = phone("116", address=address), phone("116-2", "ws")
    assert desk.register().status == browser.register().status == 200
    assert desk.register(expires=0, Contact="*").status == 200
    (left,) = contacts(edge, "116")
    assert left.source.startswith("ws:")


def test_a_contact_that_points_at_the_edge_is_refused(edge: Instance, phone: PhoneMaker) -> None:
    assert phone("117").register(Contact=f"<sip:117@127.0.0.1:{edge.sip_port}>").status == 400


def test_a_registration_that_runs_out_is_told(phone: PhoneMaker, events: Events, edge: Instance) -> None:
    one = phone("118")
    assert one.register(expires=1).status == 200  # raised to 5 s
    event = events.wait(lambda e: e["kind"] == "expired" and e["extension"] == "118", timeout=12)
    assert event["contact"] == one.contact.strip("<>")
    assert not contacts(edge, "118")


def test_a_browser_that_goes_away_is_unregistered_at_once(
    phone: PhoneMaker, events: Events, edge: Instance
) -> None:
    one = phone("119", "ws")
    assert one.register().status == 200
    one.close()
    events.wait(lambda e: e["kind"] == "expired" and e["extension"] == "119")
    assert not contacts(edge, "119")


def test_what_a_phone_calls_itself_cannot_break_an_event(phone: PhoneMaker, events: Events) -> None:
    one = phone("120", agent='Bad"\\ Phone\t{"kind":"banned"} é' + "x" * 300)
    assert one.register().status == 200
    event = events.wait(lambda e: e["kind"] == "registered" and e["extension"] == "120")
    assert event["user_agent"].startswith("Bad Phone{kind:banned} é")
    assert len(event["user_agent"]) <= 160


def test_a_phone_need_not_say_what_it_is(edge: Instance, phone: PhoneMaker, events: Events) -> None:
    one = phone("125")
    answer = one.ask(one.build("REGISTER", "sip:kiestoon", To="<sip:125@kiestoon>", User_Agent=""))
    assert answer.status == 200
    assert events.wait(lambda e: e.get("extension") == "125")["user_agent"] == ""
    (contact,) = contacts(edge, "125")
    assert contact.user_agent in ("", "n/a")


def test_registrations_survive_kill_9(phone: PhoneMaker, node: MediaNode, tmp_path: Path) -> None:
    with Servers(tmp_path) as servers:
        edge = servers.instance
        write_subscribers(edge, SUBSCRIBERS)
        config.render(edge, nodes=[f"127.0.0.1:{node.wire.address[1]}"])
        servers.start("edge")
        desk, browser = phone("121"), phone("121-2", "ws")
        desk.wire.peer = ("127.0.0.1", edge.sip_port)  # type: ignore[attr-defined]
        assert desk.register().status == 200
        with closing(sqlite3.connect(config.databases(edge) / "location.db", timeout=5)) as db:
            until(lambda: db.execute("SELECT count(*) FROM location").fetchone() == (1,))
        servers["edge"].kill()
        servers["edge"].start()
        (contact,) = contacts(edge, "121")
        assert contact.contact == desk.contact.strip("<>")
        del browser


def test_a_contact_on_a_connection_does_not_outlive_the_edge(tmp_path: Path) -> None:
    from tests.rig.edge.agents import Phone
    from tests.rig.edge.wires import WsWire

    with Servers(tmp_path) as servers:
        edge = servers.instance
        write_subscribers(edge, SUBSCRIBERS)
        servers.start("edge")
        browser = Phone(WsWire(("127.0.0.1", edge.ws_port)), "121-2", "secret121-2", extension="121")
        assert browser.register().status == 200
        with closing(sqlite3.connect(config.databases(edge) / "location.db", timeout=5)) as db:
            until(lambda: db.execute("SELECT count(*) FROM location").fetchone() == (1,))
        servers["edge"].kill()
        servers["edge"].start()
        assert not contacts(edge, "121")


def test_without_its_database_the_edge_blames_itself_and_not_the_phone(
    phone: PhoneMaker, tmp_path: Path
) -> None:
    with Servers(tmp_path) as servers:
        edge = servers.instance
        write_subscribers(edge, SUBSCRIBERS)
        servers.start("edge")
        one = phone("122")
        one.wire.peer = ("127.0.0.1", edge.sip_port)  # type: ignore[attr-defined]
        with closing(sqlite3.connect(edge.var / "db.sqlite3")) as db:
            db.execute("ALTER TABLE edge_subscriber RENAME TO hidden")
            db.commit()
            answer = one.register()
            assert (answer.status, answer["Retry-After"]) == (500, "10")
            db.execute("ALTER TABLE hidden RENAME TO edge_subscriber")
            db.commit()
        assert one.register().status == 200


def test_the_answer_to_ten_thousand_registrations_fits(edge: Instance) -> None:
    begin = time.monotonic()
    assert isinstance(rpc.registrations(to=edge), list)
    assert time.monotonic() - begin < 2
