"""A port that is taken is told in one sentence, before anything starts."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pbxsite import instance as instances
from pbxsite.run import ports
from tests.rig.servers import environment


@pytest.fixture
def instance(tmp_path: Path) -> instances.Instance:
    return instances.load(environment(tmp_path))


def test_free_ports_are_no_obstacle(instance: instances.Instance) -> None:
    ports.check(instance)
    # Nor is the look at them, for the servers that start next.
    for _purpose, address, port, kind, _variable in ports.needed(instance):
        with socket.socket(socket.AF_INET, kind) as ours:
            ours.bind((address, port))
            assert ours.getsockname() == (address, port)


def test_somebody_elses_sip_port_is_named_with_the_variable_that_changes_it(
    instance: instances.Instance,
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", instance.sip_port))
        with pytest.raises(ports.TakenError) as raised:
            ports.check(instance)
    assert str(raised.value) == (
        f"UDP port {instance.sip_port} on 127.0.0.1, for SIP over UDP, is taken: "
        "set KIESTOON_SIP_PORT to another one"
    )


def test_a_web_server_on_our_port_is_found_by_tcp(instance: instances.Instance) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", instance.http_port))
        other.listen(1)
        with pytest.raises(ports.TakenError, match="KIESTOON_HTTP_PORT"):
            ports.check(instance)


def test_an_address_that_this_machine_does_not_have(tmp_path: Path) -> None:
    elsewhere = instances.load(environment(tmp_path, KIESTOON_BIND="192.0.2.1"))
    with pytest.raises(ports.TakenError, match=r"no address 192\.0\.2\.1: set KIESTOON_BIND"):
        ports.check(elsewhere)


def test_the_redis_of_another_machine_needs_no_port_here(tmp_path: Path) -> None:
    shared = instances.load(environment(tmp_path, REDIS_URL="redis://redis.example/0"))
    assert "KIESTOON_REDIS_PORT" not in {variable for *_, variable in ports.needed(shared)}
