"""The generated part of the edge's configuration: Kamailio accepts it, and what it could not use is said."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pbxsite import instance as instances
from pbxsite.instance import Instance
from telephony.edge import addresses, certificate, commands, config, peers
from telephony.edge.rpc import source_of
from tests.rig.servers import environment


def make(folder: Path, **settings: str) -> Instance:
    return instances.load(environment(folder / "var", **settings))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"KIESTOON_BIND": "0.0.0.0", "KIESTOON_REALM": "pbx.example.org"},
        {"KIESTOON_BIND": "::1", "KIESTOON_LOCAL_NETS": "fd00::/8,::1/128"},
        {"DATABASE_URL": "postgres://edge:pa%20ss!word@db.example.org:5433/kiestoon?sslmode=disable"},
        {"REDIS_URL": "redis://:secret@127.0.0.1:6399/3"},
        {"REDIS_URL": "unix:///run/redis.sock"},
    ],
)
def test_kamailio_accepts_what_is_written(tmp_path: Path, settings: dict[str, str]) -> None:
    instance = make(tmp_path, **settings)
    trunks = [
        peers.TrunkPeer(3, "localhost", 5060, "name", "pass\"word'"),
        peers.TrunkPeer(4, "nowhere.invalid", 5060),
    ]
    config.render(instance, trunks=trunks)
    checked = subprocess.run([*commands.kamailio(instance), "-c"], capture_output=True, text=True, timeout=30)
    assert checked.returncode == 0, checked.stderr
    assert "config file ok" in checked.stderr
    assert (config.folder(instance) / "address.list").read_text().splitlines()[1].startswith("3 ")


def test_writing_again_keeps_keys_trunks_and_registrations(tmp_path: Path) -> None:
    instance = make(tmp_path)
    config.render(instance, trunks=[peers.TrunkPeer(3, "192.0.2.5", 5060)])
    before = {path: path.read_bytes() for path in certificate.ensure(instance)}
    local = (config.folder(instance) / "local.cfg").read_text()
    config.render(instance)
    assert {path: path.read_bytes() for path in certificate.ensure(instance)} == before
    assert (config.folder(instance) / "local.cfg").read_text() == local
    assert "3 192.0.2.5 32 0" in (config.folder(instance) / "address.list").read_text()


def test_only_the_daemons_read_what_is_secret(tmp_path: Path) -> None:
    instance = make(tmp_path)
    config.render(instance)
    assert (config.folder(instance) / "local.cfg").stat().st_mode & 0o077 == 0
    assert (instance.secrets / "tls.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": "mysql://a:b@c/d"}, "mysql"),
        ({"DATABASE_URL": "postgres://a:b%40c@d/e"}, "password"),
        ({"REDIS_URL": "rediss://localhost/0"}, "rediss"),
        ({"KIESTOON_REALM": 'a"b'}, "EDGE_REALM"),
    ],
)
def test_what_the_edge_cannot_use_is_one_sentence(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    with pytest.raises(config.EdgeConfigError, match=words):
        config.render(make(tmp_path, **settings))


def test_a_trunk_on_this_machine_is_known_by_its_port_too(tmp_path: Path) -> None:
    instance = make(tmp_path)
    config.render(
        instance, trunks=[peers.TrunkPeer(1, "127.0.0.1", 5099), peers.TrunkPeer(2, "192.0.2.9", 5099)]
    )
    lines = (config.folder(instance) / "address.list").read_text().splitlines()
    assert lines[1:] == ["1 127.0.0.1 32 5099", "2 192.0.2.9 32 0"]


def test_addresses(tmp_path: Path) -> None:
    assert "127.0.0.1" in addresses.own()
    everywhere = addresses.public(make(tmp_path, KIESTOON_BIND="0.0.0.0"))
    assert sorted(everywhere) == sorted(set(addresses.own()))
    assert addresses.public(make(tmp_path / "b", KIESTOON_BIND="192.0.2.2")) == ["192.0.2.2"]
    assert addresses.bracketed("::1") == "[::1]"
    assert addresses.resolve("nowhere.invalid") == []


@pytest.mark.parametrize(
    ("contact", "received", "source"),
    [
        ("sip:100@192.0.2.7:5060", "[not set]", "udp:192.0.2.7:5060"),
        ("sip:100@192.0.2.7:5060;transport=TCP;ob", "[not set]", "tcp:192.0.2.7:5060"),
        ("sip:x@k3.invalid;transport=ws", "sip:192.0.2.8:4711;transport=ws", "ws:192.0.2.8:4711"),
        ("sip:100@[2001:db8::1]:5060", "", "udp:[2001:db8::1]:5060"),
    ],
)
def test_where_a_contact_is(contact: str, received: str, source: str) -> None:
    assert source_of(contact, received) == source
