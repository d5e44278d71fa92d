"""Calls to outside and from outside as the rules and limits have them, with providers that are no model pupils."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from telephony.edge import rpc
from tests.rig.call_control import Hand, Refused
from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears, provider, talk
from tests.rig.edge.agents import SDP
from tests.rig.edge.agents import Phone as Peer
from tests.rig.edge.wires import UdpWire
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phone, Phones
from tests.rig.phones.sipp import Sipp
from tests.rig.servers import free_ports

pytestmark = pytest.mark.xdist_group("providers")

Routes = Callable[..., Awaitable[None]]
JAMAICA, ROTTERDAM = "0018765551234", "0101234567"


@pytest.fixture
async def lines(exchange: Exchange) -> AsyncIterator[Routes]:
    """Changes trunks, rules and limits (`rig/change_trunks.py`), waits until edge and node know; undone later."""
    changed = False

    async def change(*, well: bool = True, **wanted: Any) -> None:
        nonlocal changed
        changed = bool(wanted)
        key = f"kiestoon:directory:{exchange.instance.node}"
        before = int(exchange.redis("GET", key) or 0)
        await asyncio.to_thread(exchange.run, "-m", "tests.rig.change_trunks", json.dumps(wanted))
        await eventually(
            lambda: int(exchange.redis("GET", key) or 0) > before, 10, "the directory to be read"
        )
        count = 1 + len(wanted.get("trunks", ()))
        await eventually(lambda: _trunks_at_edge(exchange) == count, 10, "the edge to know the trunks")
        if well:
            await _all_well(exchange)
        exchange.redis("DEL", *(exchange.redis("KEYS", "kiestoon:alert:*") or ["-"]))

    yield change
    if changed:
        await change()


async def _all_well(exchange: Exchange) -> None:
    """No trunk is away because an earlier test took its provider along."""
    for table in ("trunk_down", "trunk_seen"):
        for key in rpc.table(table, to=exchange.instance):
            rpc.call("htable.delete", table, key, to=exchange.instance)
    await eventually(
        lambda: '"away"' not in " ".join(exchange.redis("HVALS", "kiestoon:trunks")),
        10,
        "the trunks to be well",
    )
    key = f"kiestoon:directory:{exchange.instance.node}"
    before = int(exchange.redis("GET", key) or 0)
    exchange.redis("PUBLISH", "kiestoon:directory", "changed")
    await eventually(lambda: int(exchange.redis("GET", key) or 0) > before, 10, "the media node to look")


def _trunks_at_edge(exchange: Exchange) -> int:
    return sum(key.endswith(":n") for key in rpc.table("trunk", to=exchange.instance))


def silent_port() -> socket.socket:
    """Something that takes packets and never says a word: a provider that hangs."""
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.0.0.1", 0))
    return deaf


async def second_provider(phones: Phones, port: int) -> Phone:
    return await phones.direct("second", local_port=port, alone=True)


@pytest.mark.parametrize("hanging", [1, 2])
async def test_providers_that_hang_cost_less_than_three_seconds_once(
    exchange: Exchange, phones: Phones, lines: Routes, hanging: int
) -> None:
    (port,) = free_ports(1)
    second = await second_provider(phones, port)
    with closing(silent_port()) as deaf, closing(silent_port()) as mute:
        ports = [one.getsockname()[1] for one in (deaf, mute)][:hanging]
        silent = [{"name": f"Hangt {one}", "port": one, "position": 0} for one in ports]
        await lines(
            trunks=[*silent, {"name": "Reserve", "port": port, "position": 1}],
            rules=[{"name": "Alles", "trunks": [*(str(one["name"]) for one in silent), "Reserve"]}],
        )
        alice = await exchange.phone(phones, "100")
        waited = []
        for _call in range(2):
            began = time.time()
            call = await alice.call(ROTTERDAM)
            at_second = await second.incoming()
            waited.append(time.time() - began)
            await at_second.answer()
            await call.answered()
            await call.hangup()
            (row,) = await exchange.logged(began)
            assert row["answered_by"] == "+31101234567"
        print(f"fail-over: {waited[0]:.2f} s, then {waited[1]:.2f} s")
        assert waited[0] < 3
        assert waited[1] < 1, "what is known to be away is tried last"


@pytest.mark.parametrize("status", [302, 403, 500, 503])
async def test_a_provider_that_will_not_is_followed_by_the_next(
    exchange: Exchange, phones: Phones, lines: Routes, status: int
) -> None:
    began = time.time()
    (port,) = free_ports(1)
    first, second = await provider(exchange, phones), await second_provider(phones, port)
    await first.manner("silent")
    await lines(trunks=[{"name": "Reserve", "port": port, "position": 1}])
    alice = await exchange.phone(phones, "100")
    call = await alice.call(ROTTERDAM)
    # A redirection to somewhere else is not followed.
    headers = {"Contact": "<sip:0900123456@127.0.0.1:9>"} if status == 302 else {}
    await (await first.incoming()).answer(status, headers=headers)
    at_second = await second.incoming()
    await at_second.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await hears(at_second, ALICE_HZ)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert "trunk_failed" in row["codes"]


async def test_a_number_that_is_busy_is_not_tried_elsewhere(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    (port,) = free_ports(1)
    first, second = await provider(exchange, phones), await second_provider(phones, port)
    await lines(trunks=[{"name": "Reserve", "port": port, "position": 1}])
    alice = await exchange.phone(phones, "100")
    call = await alice.call(ROTTERDAM)
    await (await first.incoming()).answer(486)
    assert (await call.ended()).code == 486
    await second.not_called(0.3)


async def test_a_rule_strips_the_nine_and_only_its_people_may(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    rules = [
        {"name": "Negen", "prefix": "9", "shortest": 8, "strip": 1},
        {"name": "Rest", "prefix": "0", "allowed": False},
    ]
    await lines(rules=rules, rights={"101": {"allowed": False}, "100": {"caller_id": "+31201234599"}})
    outside = await provider(exchange, phones)
    alice, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await alice.call("9" + ROTTERDAM)
    at_provider = await outside.incoming()
    assert at_provider.invite is not None
    assert at_provider.invite.start.split()[1].startswith("sip:+31101234567@")
    assert at_provider.remote_identity.number == "+31201234599"
    await at_provider.answer(486)
    await call.ended()
    for phone, number in ((alice, ROTTERDAM), (bram, "9" + ROTTERDAM)):
        assert (await (await phone.call(number)).ended(20)).code == 403


async def test_a_blocked_country_is_refused_in_words_and_administrators_hear_of_it(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    outside = await provider(exchange, phones)
    await lines(limits={})
    alice = await exchange.phone(phones, "102")
    for number, code in (
        (JAMAICA, "country_blocked"),
        ("09001234", "premium_blocked"),
        ("+881612345678", "satellite_blocked"),
    ):
        began = time.time()
        call = await alice.call(number)
        await call.received(183)
        sound = await call.listen(1.5)
        assert sum(span.seconds for span in sound.sounding()) > 0.5, "something is said"
        assert (await call.ended(20)).code == 403
        (row,) = await exchange.logged(began)
        assert code in row["codes"]
        await eventually(partial(exchange.redis, "EXISTS", f"kiestoon:alert:{code}:"), 5, "the alert")
    await outside.not_called(0.2)


@pytest.mark.parametrize("how", ["transfer", "consult", "add", "refer"])
async def test_a_blocked_number_is_told_and_alerted_however_somebody_gets_there(
    exchange: Exchange, phones: Phones, how: str
) -> None:
    began = time.time()
    exchange.redis("DEL", "kiestoon:alert:country_blocked:")
    outside = await provider(exchange, phones)
    call, answered = await talk(exchange, phones, "100", "101")
    if how == "refer":
        await answered.refer(JAMAICA)
        assert await answered.transferred() == 488
    else:
        hand = Hand(exchange)
        with pytest.raises(Refused, match="cannot be reached from here"):
            await hand.do(how, await hand.only(), extension="101", number=JAMAICA)
    await eventually(partial(exchange.redis, "EXISTS", "kiestoon:alert:country_blocked:"), 5, "the alert")
    await outside.not_called(0.2)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert "country_blocked" in row["codes"]


async def test_an_emergency_call_passes_at_every_limit(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    outside = await provider(exchange, phones)
    await lines(
        limits={"calls": 0, "minutes": 0, "person_calls": 0, "person_minutes": 0, "countries": "DE"},
        rules=[{"name": "Niets", "allowed": False}],
        rights={"100": {"allowed": False, "anonymous": True}},
    )
    alice = await exchange.phone(phones, "100")
    assert (await (await alice.call(ROTTERDAM)).ended(20)).code == 403
    for dialled in ("112", "911"):
        call = await alice.call(dialled)
        at_provider = await outside.incoming()
        assert at_provider.invite is not None
        assert at_provider.invite.start.split()[1].startswith("sip:112@")
        assert at_provider.remote_identity.number == "+31201234567", "help must know where to call back"
        await at_provider.answer()
        await call.answered()
        await call.hangup()
        await at_provider.ended()


async def test_an_emergency_call_goes_on_to_the_next_trunk_whatever_the_first_says(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    (port,) = free_ports(1)
    first, second = await provider(exchange, phones), await second_provider(phones, port)
    await lines(trunks=[{"name": "Reserve", "port": port, "position": 1}])
    alice = await exchange.phone(phones, "100")
    call = await alice.call("112")
    await (await first.incoming()).answer(404)
    at_second = await second.incoming()
    await at_second.answer()
    await call.answered()


async def test_one_call_too_many_is_told_so(exchange: Exchange, phones: Phones, lines: Routes) -> None:
    began = time.time()
    outside = await provider(exchange, phones)
    await lines(limits={"person_calls": 1})
    alice = await exchange.phone(phones, "100")
    bram = await exchange.phone(phones, "101")
    first = await alice.call(ROTTERDAM)
    at_provider = await outside.incoming()
    await at_provider.answer()
    await first.answered()
    second = await alice.call(ROTTERDAM)
    assert (await second.ended(20)).code == 403
    await first.hangup()
    _first, refused = await exchange.logged(began, 2)
    assert "calls_limit_of" in refused["codes"]
    # Somebody else has a limit of their own, and who hung up may call again.
    for phone in (bram, alice):
        call = await phone.call(ROTTERDAM)
        at_provider = await outside.incoming()
        await at_provider.answer(486)
        assert (await call.ended()).code == 486


async def test_a_provider_that_asks_for_the_password_twice_and_sends_early_media_first(
    exchange: Exchange, phones: Phones, lines: Routes, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    await lines(
        trunks=[{"name": "Digest", "port": port, "username": "us", "password": "secret word"}],
        rules=[{"name": "Alles", "trunks": ["Digest"]}],
    )
    keys: dict[str, object] = {
        "username": "us",
        "password": "secret word",
        "payload": 9,
        "codec": "G722/8000",
    }
    # -aa: the edge's OPTIONS are answered, and are no calls that fail.
    sipp = Sipp.start(tmp_path, "provider", "127.0.0.1", port=port, keys=keys, options=("-aa",))
    try:
        alice = await exchange.phone(phones, "100")
        call = await alice.call(ROTTERDAM)
        await call.received(183)
        await call.answered(10)
        assert (await call.statistics())["codec"]
        await call.hangup()
        await eventually(lambda: sipp.result().successful, 10, "the provider to see the end")
    finally:
        result = sipp.stop()
    assert (result.successful, result.failed) == (1, 0), str(result)


async def test_early_media_without_an_answer_ends_when_the_caller_has_had_enough(
    exchange: Exchange, phones: Phones
) -> None:
    outside = await provider(exchange, phones)
    alice = await exchange.phone(phones, "100")
    call = await alice.call(ROTTERDAM)
    at_provider = await outside.incoming()
    await at_provider.answer(183)
    await call.received(183)
    await at_provider.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await call.hangup()
    await at_provider.ended()


@pytest.mark.parametrize(
    "codecs", [["G722/16000"], ["opus/48000"], ["PCMA/8000"], ["opus/48000", "PCMA/8000"]]
)
async def test_a_provider_chooses_the_codec(exchange: Exchange, phones: Phones, codecs: list[str]) -> None:
    outside = await provider(exchange, phones)
    alice = await exchange.phone(phones, "100", codecs=["PCMA/8000"])
    call = await alice.call(ROTTERDAM)
    at_provider = await outside.incoming()
    await at_provider.answer(codecs=codecs)
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await hears(at_provider, ALICE_HZ)
    await at_provider.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)


@pytest.mark.parametrize("written", ["0201234567", "0031201234567", "31201234567"])
async def test_a_number_of_ours_is_known_however_the_provider_writes_it(
    exchange: Exchange, phones: Phones, written: str
) -> None:
    began = time.time()
    outside = await provider(exchange, phones)
    bram = await exchange.phone(phones, "101")
    call = await outside.call(
        f"sip:{written}@127.0.0.1:{exchange.instance.sip_port}",
        headers={"P-Asserted-Identity": "<sip:0612345678@provider.example>"},
    )
    at_bram = await bram.incoming()
    assert at_bram.remote_identity.number == "+31612345678", "so that it can be called back"
    await at_bram.answer(486)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["caller"], row["direction"]) == ("+31612345678", "inbound")


async def test_a_number_of_ours_leads_to_a_mailbox_when_it_says_so(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    began = time.time()
    await lines(numbers=[{"number": "010 765 4321", "kind": "voicemail", "target": "100"}])
    outside = await provider(exchange, phones)
    call = await outside.call(f"sip:+31107654321@127.0.0.1:{exchange.instance.sip_port}")
    await call.answered(10)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["dialled"] == "+31107654321"
    assert row["outcome"] in ("voicemail", "cancelled", "answered")


async def test_we_register_with_a_provider_and_are_called_there(
    exchange: Exchange, phones: Phones, lines: Routes
) -> None:
    (port,) = free_ports(1)
    wire = UdpWire(("127.0.0.1", exchange.instance.sip_port), ("127.0.0.1", port))
    with closing(Peer(wire, "provider", "")) as registrar:
        # It answers while the exchange is still being told: a REGISTER without an answer is tried again much later.
        registered = asyncio.ensure_future(asyncio.to_thread(accept_registration, registrar))
        await lines(
            trunks=[
                {
                    "name": "Aangemeld",
                    "kind": "registration",
                    "port": port,
                    "username": "us",
                    "password": "secret",
                    "caller_id": "+31207654321",
                }
            ],
            numbers=[{"number": "+31207654321", "trunk": "Aangemeld", "kind": "extension", "target": "101"}],
        )
        bram = await exchange.phone(phones, "101")
        contact = await registered
        state = "SELECT state FROM telephony_trunkstate WHERE state = 'registered'"
        await eventually(lambda: exchange.rows(state), 10, "the registration to be seen")
        assert "registered" in await exchange.manage("trunks")
        # This provider names the account, not the number.
        invite = registrar.build(
            "INVITE", contact, body=SDP.format(host="127.0.0.1", port=7000), To="<sip:us@provider.example>"
        )
        registrar.send(invite)
        at_bram = await bram.incoming()
        await at_bram.answer(486)
        assert (await asyncio.to_thread(registrar.final, invite)).status in (200, 486)


def accept_registration(registrar: Peer) -> str:
    """Ask for the password, then take the registration; the Contact's URI."""
    first = registrar.expect(lambda m: m.method == "REGISTER" and not m.status, timeout=20)
    challenge = 'Digest realm="provider", nonce="n", algorithm=MD5, qop="auth"'
    registrar.send(first.answer(401, "Unauthorized", ("WWW-Authenticate", challenge)))
    second = registrar.expect(lambda m: m.method == "REGISTER" and "Authorization" in m)
    registrar.send(second.answer(200, "OK", ("Contact", f"{second['Contact']};expires=600")))
    return second["Contact"].strip("<>")
