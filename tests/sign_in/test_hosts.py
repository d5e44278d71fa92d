"""Names that the exchange goes by: its own, and those it was told; a link that it mails holds no other."""

from __future__ import annotations

import http.client
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pbxsite import instance as instances
from tests.rig.servers import Servers


class Web:
    """A real web process, asked by any name."""

    def __init__(self, servers: Servers) -> None:
        self.port = servers.instance.http_port

    def ask(self, host: str, path: str = "/", method: str = "GET") -> tuple[int, str]:
        """Status and text of the answer to who comes by that name."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, headers={"Host": host, "Accept-Language": "en"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.ask("127.0.0.1")[0] == 302
        return False


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """As on a machine whose sockets are on all its addresses."""
    settings = {"KIESTOON_BIND": "0.0.0.0", "KIESTOON_HOSTS": "phone.example.org, [2001:db8::1]"}
    with Servers(tmp_path_factory.mktemp("hosts"), **settings) as servers:
        process = Web(servers)
        port = str(servers.instance.http_port)
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", port, "pbxsite.asgi:application"]
        servers.add("web", command, process.answers)
        yield process


def own_address() -> str:
    """An address of this machine that others on its network know; loopback where there is none."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return "127.0.0.1"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1:8000",
        "PHONE.example.org",
        "[2001:db8::1]",
        socket.gethostname(),
        own_address(),
    ],
)
def test_the_exchange_is_reached_by_its_addresses_and_its_names(web: Web, host: str) -> None:
    assert web.ask(host)[0] == 302
    assert web.ask(host, "/healthz")[0] == 503, "it says how the processes are, which do not run here"


def test_a_link_that_is_mailed_can_not_lead_to_a_name_that_a_stranger_chose(web: Web) -> None:
    status, page = web.ask("evil.example", "/account/password/reset/", "POST")
    assert status == 400
    assert "does not go by the name “evil.example”" in page and "KIESTOON_HOSTS" in page


def test_a_name_that_nobody_knows_can_not_put_anything_on_the_page(web: Web) -> None:
    status, page = web.ask("<script>alert(1)</script>")
    assert status == 400 and "<script" not in page


def test_a_program_is_told_so_as_everything_is_told_to_programs(web: Web) -> None:
    status, text = web.ask("evil.example", "/api/v1/me")
    assert status == 400
    assert "KIESTOON_HOSTS" in json.loads(text)["detail"][0]["message"]


@pytest.mark.parametrize("host", ["*", "https://phone.example.org", "phone.example.org:8000"])
def test_what_is_no_name_is_refused_at_the_start(tmp_path: Path, host: str) -> None:
    environ = {"KIESTOON_VAR": str(tmp_path), "KIESTOON_HOSTS": f"phone.example.org,{host}"}
    with pytest.raises(instances.InstanceError, match="KIESTOON_HOSTS must hold names"):
        instances.load(environ)
