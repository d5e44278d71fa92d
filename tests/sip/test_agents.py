"""The other user agents for tests, without an exchange between them: baresip, SIPp and SIP by hand."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rig.phones import PhoneError, Phones
from tests.rig.phones.baresip import Baresip, installed
from tests.rig.phones.digest import authorization
from tests.rig.phones.sipp import Sipp, SippError
from tests.rig.phones.wire import Wire

needs_baresip = pytest.mark.skipif(not installed(), reason="baresip-core is not installed")


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[Phones]:
    async with Phones(tmp_path) as room:
        yield room


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@needs_baresip
async def test_baresip_and_a_phone_hear_each_other(phones: Phones, tmp_path: Path) -> None:
    bob = await phones.direct("101")
    async with Baresip(tmp_path, "102", host="127.0.0.1", port=bob.address[1]) as carol:
        await carol.call("101")
        bobs = await bob.incoming()
        assert bobs.remote_identity.number == "102"
        await carol.ringing()
        await bobs.answer()
        await carol.answered()
        await bobs.play_tone(500)
        assert (await bobs.listen(1.0)).heard(900)
        await carol.hangup()
        assert (await bobs.ended()).code == 200
        await carol.ended()
        assert carol.heard().heard(500)


@needs_baresip
async def test_baresip_answers(phones: Phones, tmp_path: Path) -> None:
    bob = await phones.direct("101")
    async with Baresip(tmp_path, "102", codec="G722") as carol:
        call = await bob.call(f"sip:102@127.0.0.1:{carol.sip_port}")
        assert (await carol.incoming()).number == "101"
        await carol.answer()
        await call.answered()
        assert (await call.statistics())["codec"] == "G722"
        await call.hangup()
        await carol.ended()


def test_sipp_calls_sipp(tmp_path: Path) -> None:
    here, there = free_port(), free_port()
    keys = {"payload": 8, "codec": "PCMA/8000"}
    callee = Sipp.start(
        tmp_path,
        "callee",
        f"127.0.0.1:{here}",
        port=there,
        rows=[(50000,)],
        keys=keys,
    )
    try:
        caller = Sipp.start(
            tmp_path,
            "caller",
            f"127.0.0.1:{there}",
            port=here,
            rows=[("1001", "", "1002", 50002)],
            keys=keys,
            rate=50,
            calls=20,
            options=["-d", 100],
        )
        result = caller.finish(20)
    finally:
        callee.stop()
    assert (result.successful, result.failed) == (20, 0), result
    assert caller.log.read_text().count("talk 50002 127.0.0.1 50000") == 20
    assert callee.log.read_text().count("quiet 50000") == 20


def test_sipp_that_can_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(SippError, match="SIPp ended with"):
        Sipp.start(tmp_path, "nothing", "127.0.0.1:9", port=free_port()).finish(5)


async def test_sip_by_hand_gets_an_answer_from_a_phone(phones: Phones) -> None:
    bob = await phones.direct("101", manner="silent")
    host, port = bob.address
    async with Wire("100", "secret", host, port) as wire:
        assert (await wire.request("OPTIONS", f"sip:101@{host}:{port}")).code == 200
        with pytest.raises(PhoneError, match="no answer to INVITE"):
            await wire.request("INVITE", f"sip:101@{host}:{port}", timeout=0.3)
        assert (await bob.incoming()).remote_identity.number == "100"


def test_digest_is_that_of_the_standard() -> None:
    """The example of RFC 2617, section 3.5, without qop (its response by section 3.2.2.1)."""
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    value = authorization(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life")
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in value
