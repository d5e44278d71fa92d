"""What no decent telephone sends: each gets a correct SIP error or silence, and everybody else goes on calling."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest

from telephony.edge import rpc
from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears
from tests.rig.edge.agents import SDP, Message, Phone
from tests.rig.edge.wires import TcpWire
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.raw_sip import cancel, media_node_is_up, phone_by_hand

Maker = Callable[..., Phone]


@pytest.fixture
async def by_hand(exchange: Exchange) -> AsyncIterator[Maker]:
    """Makes telephones that send what they are told: `by_hand("100")`, each at an address of its own."""
    await eventually(lambda: media_node_is_up(exchange), 10, "the media node")
    made: list[Phone] = []

    def make(username: str, secret: str = "", local_port: int = 0) -> Phone:
        made.append(phone_by_hand(exchange, username, secret, local_port))
        return made[-1]

    yield make
    for phone in made:
        phone.close()


# --- who may not


@pytest.mark.parametrize("username", ["100", "100-9", "nobody"])
@pytest.mark.parametrize("method", ["REGISTER", "INVITE"])
def test_a_wrong_password_and_an_unknown_device_are_refused_alike(
    by_hand: Maker, username: str, method: str
) -> None:
    one = by_hand(username, "guess")
    to = f"<sip:{one.extension}@kiestoon>" if method == "REGISTER" else "<sip:101@kiestoon>"
    answer = one.ask(one.build(method, "sip:101@kiestoon" if method == "INVITE" else "sip:kiestoon", To=to))
    assert answer.status == (401 if method == "REGISTER" else 407)
    assert "Retry-After" not in answer


def test_nobody_calls_in_another_name(exchange: Exchange, by_hand: Maker) -> None:
    began = time.time()
    one = by_hand("100")
    answer = one.ask(one.build("INVITE", "sip:101@kiestoon", From="<sip:105@kiestoon>;tag=x"))
    assert answer.status == 403
    assert exchange.calls_since(began) == []


async def test_a_ban_of_our_own_address_does_not_cut_the_exchange_off_from_itself(
    exchange: Exchange, phones: Phones
) -> None:
    """Browsers behind a proxy on this machine come from its address."""
    alice, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await alice.call("101")
    answered = await bram.incoming()
    await answered.answer()
    await call.answered()
    (identifier,) = await eventually(exchange.live_ids, 3, "the live call")
    rpc.ban("127.0.0.1", 60, to=exchange.instance)
    try:
        assert [ban.address for ban in rpc.bans(to=exchange.instance)] == ["127.0.0.1"]
        await exchange.manage("call", "hangup", identifier)
        await eventually(lambda: media_node_is_up(exchange), 5, "the media node")
    finally:
        assert rpc.lift_ban("127.0.0.1", to=exchange.instance)
    await call.ended(10)
    await answered.ended(10)


# --- offers


async def test_a_phone_that_leaves_the_offer_to_us_is_heard_and_hears(
    exchange: Exchange, phones: Phones
) -> None:
    alice, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await alice.call("101", without_sdp=True)
    answered = await bram.incoming()
    await answered.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await hears(answered, ALICE_HZ)
    await call.hangup()
    await answered.ended()


async def test_a_phone_that_leaves_the_offer_to_us_hears_itself_in_the_echo_test(
    exchange: Exchange, phones: Phones
) -> None:
    alice = await exchange.phone(phones, "100")
    call = await alice.call("*43", without_sdp=True)
    await call.answered()
    await call.play_tone(ALICE_HZ)
    assert (await call.listen(6)).tone_seconds(ALICE_HZ) > 0.5


def test_codecs_that_we_do_not_have_are_not_acceptable_here(by_hand: Maker) -> None:
    one = by_hand("100")
    body = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 SPEEX/16000\r\na=rtpmap:97 AMR/8000\r\n"
    )
    assert one.final(one.invite("*43", body=body)).status == 488


HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
HERE, AUDIO = "c=IN IP4 127.0.0.1\r\n", "m=audio 4000 RTP/AVP 8\r\n"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("hello", id="words"),
        pytest.param("\0" * 3000, id="zeros"),
        pytest.param("v=0\r\n", id="version only"),
        pytest.param(HEAD + HERE, id="no media"),
        pytest.param(HEAD + AUDIO, id="no address"),
        pytest.param(HEAD + "c=IN IP4 999.0.0.1\r\n" + AUDIO, id="impossible address"),
        pytest.param(HEAD + HERE + "m=audio -1 RTP/AVP 8\r\n", id="negative port"),
        pytest.param(HEAD + HERE + "m=audio 99999999 RTP/AVP 8\r\n", id="impossible port"),
        pytest.param(HEAD + HERE + "m=video 4000 RTP/AVP 34\r\n", id="picture only"),
        pytest.param(HEAD + HERE + "m=audio 0 RTP/AVP 8\r\n", id="refused by itself"),
        pytest.param(HEAD + HERE + AUDIO * 200, id="two hundred streams"),
    ],
)
def test_an_offer_that_is_none_is_refused(by_hand: Maker, body: str) -> None:
    one = by_hand("100")
    assert 400 <= one.final(one.invite("*43", body=body)).status < 500


# --- numbers


@pytest.mark.parametrize("number", ["%31%30%31", "101;phone-context=+31", "101;user=phone;x=%22"])
async def test_a_number_may_be_written_in_strange_ways(
    exchange: Exchange, phones: Phones, by_hand: Maker, number: str
) -> None:
    bram = await exchange.phone(phones, "101")
    one = by_hand("100")
    request = one.invite(number)
    ringing = await bram.incoming()
    one.send(cancel(request))
    assert one.final(request).status == 487
    await ringing.ended()


@pytest.mark.parametrize(
    "number",
    [
        "%",
        "%zz",
        "1%000",
        ";;;",
        "%FF%FE",
        "'+OR+1=1--",
        "..%2f..%2fetc",
        "101%0d%0aX-Evil:1",
        "+",
        pytest.param("9" * 200, id="200 digits"),
    ],
)
async def test_a_number_that_is_none_is_unknown_and_logged(
    exchange: Exchange, by_hand: Maker, number: str
) -> None:
    began = time.time()
    one = by_hand("100")
    request = one.invite(number)
    assert one.expect(lambda m: m.status >= 180, 5).status == 183  # "this number is not in use"
    one.send(cancel(request))
    assert one.final(request).status == 487
    (row,) = await exchange.logged(began)
    assert row["reason"] == "unknown_number"
    assert row["dialled"].isprintable()


def test_a_number_of_three_thousand_digits_is_refused(by_hand: Maker) -> None:
    one = by_hand("100")
    assert 400 <= one.final(one.invite("9" * 3000)).status < 500


async def test_a_caller_whose_name_is_not_readable_is_put_through_and_logged(
    exchange: Exchange, phones: Phones, by_hand: Maker
) -> None:
    began = time.time()
    bram = await exchange.phone(phones, "101")
    provider = by_hand("provider", local_port=exchange.trunk_port)
    invite = provider.build(
        "INVITE",
        "sip:+31201234567@kiestoon",
        From="<sip:x@provider>",
        body=SDP.format(host="127.0.0.1", port=4000),
    )
    provider.wire.send(
        invite.render()
        .replace(b"<sip:x@", b'"Jos\xe9 \xff" <sip:%00%ff%3E31612@')
        .replace(b"@provider>", b"@provider>;tag=1")
    )
    call = await bram.incoming()
    assert call.remote_identity.name == "José ÿ"
    provider.send(cancel(provider.expect(lambda m: m.status >= 180) and invite))
    await call.ended()
    (row,) = await exchange.logged(began)
    assert row["caller_name"] == "José ÿ"
    assert (row["caller"], row["outcome"]) == ("\ufffd>31612", "cancelled")


# --- sizes


def test_huge_messages_are_refused_or_ignored(exchange: Exchange, by_hand: Maker) -> None:
    one = by_hand("100")
    for size in (2_000, 9_000, 65_000):
        data = one.build("OPTIONS", "sip:kiestoon", ("Subject", "x" * size)).render()[:65_400]
        one.wire.send(data)
        stream = TcpWire(("127.0.0.1", exchange.instance.sip_port), (one.wire.address[0], 0))
        with suppress(ConnectionError):
            stream.send(one.build("OPTIONS", "sip:kiestoon", ("Subject", "x" * size * 3)).render())
        stream.close()
    one.wire.send(b"")
    one.wire.send(b"\0" * 65_000)
    request = one.build("OPTIONS", "sip:kiestoon")
    one.send(request)
    assert one.final(request).status == 200


# --- within a call


@pytest.fixture
def echo(by_hand: Maker) -> tuple[Phone, Message]:
    """A phone in a call with the echo test, and the 200 that established it."""
    one = by_hand("100")
    answer = one.final(one.invite("*43"))
    assert answer.status == 200
    one.send(one.within("ACK", answer))
    return one, answer


REFERRALS = [
    ("nonsense", 400),
    ("", 400),
    ("<>", 400),
    ("<sip:>", 400),
    ("tel:102", 400),
    ("<sip:%00@x>", 400),
    ("<sip:102@x?Replaces=unknown%3Bto-tag%3Da%3Bfrom-tag%3Db>", 202),
    ("<sip:102@x?Replaces=%FF%FE>", 202),
    (f"<sip:{'9' * 1000}@x>", 202),
]


def test_rubbish_within_a_call_leaves_the_call_alone(echo: tuple[Phone, Message]) -> None:
    one, answer = echo

    def says(method: str, *headers: tuple[str, str], body: str = "", type: str = "application/sdp") -> int:
        request = one.within(method, answer, body=body)
        kept = [(name, value) for name, value in request.headers if name != "Content-Type"]
        request.headers = [*kept, *headers, *([("Content-Type", type)] if body else [])]
        one.send(request)
        return one.final(request).status

    for target, status in REFERRALS:
        assert says("REFER", ("Refer-To", target)) == status, target
    assert says("REFER") == 400
    for signal in (
        "Signal=\xff\0\r\nDuration=-1",
        "Signal=55555\r\nDuration=9999999999999",
        "x" * 2000,
        "\0",
    ):
        assert says("INFO", body=signal, type="application/dtmf-relay") in (200, 400, 415), signal
    assert says("INFO", body="<media_control>", type="application/media_control+xml") in (200, 400, 415)
    assert says("UPDATE", body="rubbish") == 488
    assert says("UPDATE", body=HEAD + HERE + "m=audio 4000 RTP/AVP 99\r\n") == 488
    assert says("PRACK", ("RAck", "1 1 INVITE")) == 400
    assert says("INVITE", body="rubbish") in (415, 488)
    assert says("INVITE", body=HEAD + HERE + "m=audio 4000 RTP/AVP 99\r\n") in (415, 488)
    assert says("NONSENSE") >= 400
    assert says("UPDATE") == 200
    assert says("BYE") == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("Replaces", "unknown;to-tag=a;from-tag=b"), ("Require", "replaces")], 481),
        ([("Replaces", "unknown")], 481),
        ([("Replaces", ";;;")], 400),
        ([("Require", "telepathy")], 420),
    ],
)
def test_a_call_that_asks_for_what_cannot_be_is_refused(
    by_hand: Maker, headers: list[tuple[str, str]], status: int
) -> None:
    one = by_hand("100")
    assert one.final(one.invite("*43", *headers)).status == status
    # What one message does wrong, the next caller does not pay for.
    other = by_hand("102")
    answer = other.final(other.invite("*43"))
    assert answer.status == 200
    other.send(other.within("ACK", answer))
    other.send(other.within("BYE", answer))


def test_two_calls_with_the_same_call_id_are_two_calls(by_hand: Maker) -> None:
    calls = []
    for username in ("100", "102"):
        one = by_hand(username)
        answer = one.final(one.invite("*43", Call_ID="twice"))
        assert answer.status == 200
        one.send(one.within("ACK", answer))
        calls.append((one, answer))
    for one, answer in calls:
        bye = one.within("BYE", answer)
        one.send(bye)
        assert one.final(bye).status == 200
