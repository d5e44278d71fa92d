"""The telephones themselves: two of them call each other without an exchange between them."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.rig.phones import Phone, PhoneError, Phones
from tests.rig.phones.call import Call
from tests.rig.phones.phone import Transport


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[Phones]:
    async with Phones(tmp_path) as room:
        yield room


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A self-signed certificate for TLS between the phones."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
    ]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return {"certificate": str(certificate), "key": str(key)}


def at(phone: Phone) -> str:
    host, port = phone.address
    suffix = "" if phone.transport == "udp" else f";transport={phone.transport}"
    return f"sip:{phone.number}@{host}:{port}{suffix}"


async def talking(alice: Phone, bob: Phone) -> tuple[Call, Call]:
    call = await alice.call(at(bob))
    bobs = await bob.incoming()
    await call.ringing()
    await bobs.answer()
    await call.answered()
    return call, bobs


async def test_two_phones_hear_each_other(phones: Phones) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101")
    call, bobs = await talking(alice, bob)
    assert bobs.remote_identity.number == "100"

    await call.play_tone(440)
    await bobs.play_tone(1000)
    here, there = await asyncio.gather(call.listen(1.0), bobs.listen(1.0))
    assert there.share_of(440, 0.2) > 0.95, there
    assert here.share_of(1000, 0.2) > 0.95, here
    assert -13 < there.part(0.3).level < -10  # a sine of -8.5 dBFS peak has 3 dB less on average

    await call.hangup()
    assert (await bobs.ended()).code == 200
    assert (await call.ended()).code == 200


@pytest.mark.parametrize("codec", ["PCMA", "PCMU", "G722", "opus"])
async def test_a_phone_speaks_only_the_codec_that_was_chosen(phones: Phones, codec: str) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101", codecs=[codec])
    call, bobs = await talking(alice, bob)
    await call.play_tone(600)
    heard = await bobs.listen(0.8)
    assert (await call.statistics())["codec"].lower() == codec.lower()
    assert heard.share_of(600, 0.3) > 0.95, heard


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_a_call_over_a_connection(
    phones: Phones, transport: Transport, certificate: dict[str, Any]
) -> None:
    bob = await phones.direct("101", transport=transport, alone=True, **certificate)
    alice = await phones.direct("100", transport=transport, **certificate)
    call, bobs = await talking(alice, bob)
    await call.play_tone(500)
    assert (await bobs.listen(0.6)).heard(500)


async def test_encrypted_sound(phones: Phones) -> None:
    alice, bob = await phones.direct("100", srtp="mandatory"), await phones.direct("101", srtp="optional")
    call, bobs = await talking(alice, bob)
    assert bobs.invite and "RTP/SAVP" in bobs.invite.body
    await call.play_tone(500)
    assert (await bobs.listen(0.6)).heard(500)


async def test_a_refused_call_says_why(phones: Phones) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101", manner="busy")
    call = await alice.call(at(bob), headers={"X-Reason": "curious"})
    bobs = await bob.incoming()
    assert bobs.invite and bobs.invite["x-reason"] == "curious"
    assert await call.ended() == (486, "Busy Here")
    with pytest.raises(PhoneError, match="486"):
        await call.answered()


async def test_a_call_that_is_given_up_is_cancelled(phones: Phones) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101")
    call = await alice.call(at(bob))
    bobs = await bob.incoming()
    await call.ringing()
    await call.hangup()
    assert (await bobs.received("CANCEL")).method == "CANCEL"
    assert (await call.ended()).code == 487


async def test_hold_stops_the_sound_and_unhold_brings_it_back(phones: Phones) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101")
    call, bobs = await talking(alice, bob)
    await bobs.play_tone(440)
    await call.hold()
    await bobs.held()
    assert (await call.listen(0.4)).heard(440) is None
    await call.unhold()
    await bobs.unheld()
    assert (await call.listen(0.6)).heard(440)


@pytest.mark.parametrize("method", ["rfc4733", "info"])
async def test_keys_arrive(phones: Phones, method: str) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101")
    call, bobs = await talking(alice, bob)
    await call.dtmf("19*#", method=method)  # type: ignore[arg-type]
    assert [await bobs.digit() for _ in range(4)] == list("19*#")
    assert bobs.digits == "19*#"


async def test_a_blind_transfer_calls_the_third_phone(phones: Phones) -> None:
    alice, bob, carol = [await phones.direct(number) for number in ("100", "101", "102")]
    call, bobs = await talking(alice, bob)
    await bobs.refer(at(carol))
    onward = await call.sent_on()
    carols = await carol.incoming()
    await carols.answer()
    await onward.answered()
    assert await bobs.transferred() == 200
    assert carols.remote_identity.number == "100"


async def test_an_attended_transfer_leaves_the_other_two_connected(phones: Phones) -> None:
    alice, bob, carol = [await phones.direct(number) for number in ("100", "101", "102")]
    call, bobs = await talking(alice, bob)
    await bobs.hold()
    second, carols = await talking(bob, carol)
    await bobs.refer_replaces(second)
    onward = await call.sent_on()
    replacing = await carol.incoming()
    await onward.answered()
    await replacing.answered()
    assert (await carols.ended()).code in (200, 410)  # "gone": the phone's own word for a replaced call
    await onward.play_tone(700)
    assert (await replacing.listen(0.6)).heard(700)


async def test_an_invite_without_an_offer_is_answered_with_one(phones: Phones) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101")
    call = await alice.call(at(bob), without_sdp=True)
    bobs = await bob.incoming()
    assert bobs.invite and bobs.invite.body == ""
    await bobs.answer()
    await call.answered()


async def test_a_phone_that_vanishes_says_nothing(phones: Phones) -> None:
    alice, bob = await phones.direct("100", alone=True), await phones.direct("101")
    _, bobs = await talking(alice, bob)
    await alice.vanish()
    with pytest.raises(PhoneError, match="no end of the call"):
        await bobs.ended(0.3)
    assert (await bobs.listen(0.4)).silence_share == 1


async def test_twenty_phones_in_one_process(phones: Phones) -> None:
    callers = [await phones.direct(str(200 + number)) for number in range(10)]
    callees = [await phones.direct(str(300 + number), manner="answer") for number in range(10)]
    calls = [await a.call(at(b)) for a, b in zip(callers, callees, strict=True)]
    for call in calls:
        await call.answered()
    assert len(phones.processes) == 1


async def test_a_wait_in_vain_tells_what_happened(phones: Phones) -> None:
    alice, bob = await phones.direct("100"), await phones.direct("101")
    await alice.call(at(bob))
    with pytest.raises(PhoneError, match="phone 100: no incoming call"):
        await alice.incoming(0.1)
    await bob.incoming()
    await bob.not_called(0.1)
