"""What a trunk means for the edge."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxsite import instance as instances
from pbxsite.instance import Instance
from telephony.edge import addresses, providers
from telephony.edge.dns import Place
from telephony.edge.peers import TrunkPeer
from tests.rig.servers import environment


@pytest.fixture
def here(tmp_path: Path) -> Instance:
    return instances.load(environment(tmp_path / "var"))


def test_hosts_are_called_in_their_order_and_networks_only_call_in(here: Instance) -> None:
    peer = TrunkPeer(3, "198.51.100.1", 5060, addresses="198.51.100.2:5080, 198.51.100.32/28 2001:db8::1")
    one = providers.Provider.of(here, peer)
    assert [row["key_value"] for row in one.table() if str(row["key_name"])[-1].isdecimal()] == [
        "sip:198.51.100.1:5060",
        "sip:198.51.100.2:5080",
        "sip:[2001:db8::1]:5060",
    ]
    assert list(one.sources()) == [
        "3 198.51.100.1 32 0",
        "3 198.51.100.2 32 0",
        "3 2001:db8::1 128 0",
        "3 198.51.100.32 28 0",
    ]


def test_a_name_that_nobody_can_resolve_now_keeps_its_addresses(
    here: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["198.51.100.1"], [], ["198.51.100.9"]]
    monkeypatch.setattr(addresses, "resolve", lambda _host: answers.pop(0))
    peer = TrunkPeer(3, "moves.example", 5060)
    ways = [providers.Provider.of(here, peer).ways for _look in range(3)]
    assert ways == [(Place(f"198.51.100.{last}", 5060),) for last in (1, 1, 9)]


def test_a_contact_is_different_for_each_trunk_and_exchange_and_says_which_trunk(
    here: Instance, tmp_path: Path
) -> None:
    other = instances.load(environment(tmp_path / "other"))
    contacts = {providers.contact_of(where, trunk) for where in (here, other) for trunk in (3, 4)}
    assert len(contacts) == 4
    assert {providers.trunk_of(contact) for contact in contacts} == {3, 4}
    assert providers.trunk_of("t3") is None
    assert providers.contact_of(here, 3) == providers.contact_of(here, 3)


def test_who_is_asked_for_names_must_be_an_address(tmp_path: Path) -> None:
    environ = environment(tmp_path / "var")
    assert instances.load(environ | {"KIESTOON_DNS": "192.0.2.53"}).dns == "192.0.2.53"
    for text in ("ns.example", "192.0.2.53:none", "192.0.2.53:70000"):
        with pytest.raises(instances.InstanceError, match="KIESTOON_DNS"):
            instances.load(environ | {"KIESTOON_DNS": text})


@pytest.mark.parametrize("missing", ["username", "password", "host"])
def test_without_a_password_or_an_address_there_is_no_registration(here: Instance, missing: str) -> None:
    values = {"username": "us", "password": "x", "host": "198.51.100.1"} | {missing: ""}
    host = values["host"] or "nowhere.invalid"
    peer = TrunkPeer(3, host, 5060, values["username"], values["password"], register=600)
    assert not list(providers.Provider.of(here, peer).registration())
