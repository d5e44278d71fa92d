"""One edge a test process, and telephones that belong to a test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, peers
from tests.rig.edge.agents import MediaNode, Phone
from tests.rig.edge.events import Events
from tests.rig.edge.subscribers import Subscriber, write_subscribers
from tests.rig.edge.wires import TcpWire, TlsWire, UdpWire, Wire, WsWire
from tests.rig.servers import Servers, free_ports

SUBSCRIBERS = [
    *(Subscriber(str(number), str(number), f"secret{number}") for number in range(100, 200)),
    *(Subscriber(f"{number}-2", str(number), f"secret{number}-2") for number in range(100, 200)),
]
PhoneMaker = Callable[..., Phone]


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder for servers; their logs stay behind when they did not start."""
    path = Path(tempfile.mkdtemp(prefix="edge-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def trunk_port() -> int:
    """The port of a provider, trunk 7, on this machine."""
    return free_ports(1)[0]


@pytest.fixture(scope="session")
def servers(folder: Path, trunk_port: int) -> Iterator[Servers]:
    """Redis, rtpengine and Kamailio with two hundred devices, one media node and one trunk."""
    with Servers(folder) as servers:
        write_subscribers(servers.instance, SUBSCRIBERS)
        trunk = peers.TrunkPeer(7, "127.0.0.1", trunk_port, "ourname", "ourpassword")
        config.render(servers.instance, trunks=[trunk])
        servers.start("redis", "relay", "edge")
        yield servers


@pytest.fixture(scope="session")
def edge(servers: Servers) -> Instance:
    """The instance of the running edge."""
    return servers.instance


@pytest.fixture(scope="session")
def _node(edge: Instance) -> Iterator[MediaNode]:
    node = MediaNode(("127.0.0.1", edge.core_port), edge.media_port)
    assert node.pinged.wait(10)
    yield node
    node.close()


@pytest.fixture
def node(_node: MediaNode) -> MediaNode:
    """The media node, with nothing left over from another test."""
    _node.received.clear()
    return _node


@pytest.fixture
def phone(edge: Instance) -> Iterator[PhoneMaker]:
    """Makes telephones: `phone("100")`, `phone("100-2", over="ws", address="127.0.0.5", secret="wrong")`."""
    made: list[Phone] = []

    def make(
        username: str,
        over: str = "udp",
        address: str = "127.0.0.1",
        secret: str = "",
        extension: str = "",
        agent: str = "Test Phone 1.0",
    ) -> Phone:
        local, public = (address, 0), "127.0.0.1"
        wire: Wire
        match over:
            case "udp":
                wire = UdpWire((public, edge.sip_port), local)
            case "tcp":
                wire = TcpWire((public, edge.sip_port), local)
            case "tls":
                wire = TlsWire((public, edge.tls_port), local)
            case "ws":
                wire = WsWire((public, edge.ws_port), local)
            case _:
                wire = WsWire((public, edge.tls_port), local, secure=True)
        extension = extension or username.partition("-")[0]
        made.append(Phone(wire, username, secret or f"secret{username}", extension=extension, agent=agent))
        return made[-1]

    yield make
    for one in made:
        one.close()


_addresses = itertools.count(2)


@pytest.fixture
def address() -> str:
    """A loopback address that no other test uses: what it does wrong stays with it."""
    number = next(_addresses)
    return f"127.0.{number // 250}.{number % 250 + 2}"


@pytest.fixture
def events(edge: Instance) -> Iterator[Events]:
    """The edge's events from now on."""
    stream = Events(edge.redis_url)
    yield stream
    stream.client.close()
