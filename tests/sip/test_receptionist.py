"""The digital receptionist: callers hear it, press keys, dial extensions, spell names, and get where they want."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.conversations import BOB_HZ, hears, provider
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones
from tests.rig.phones.call import Call
from tests.rig.phones.hearing import write_tones
from tests.rig.voicemail import BEEP_HZ, beep

WELCOME_HZ, CLOSED_HZ = 500.0, 700.0

# 800 asks, 801 and 802 send callers to each other, 803 is closed, 804 speaks, 805 lets callers dial and spell.
DESKS = """
from pathlib import Path
from telephony.sound import prompts
from telephony.models import *
from telephony.models import ReceptionistKey as Key
def prompt(number, file):
    with open(file, "rb") as sound:
        path = prompts.take_in(sound, 1000)
    return prompts.do_save_prompt(Prompt(number=number, name="Toon"), path)
welcome, closed = prompt(1, "{welcome}"), prompt(2, "{closed}")
spoken = Prompt.objects.create(number=3, name="Tekst", text="Welkom bij het testbedrijf.", language="nl")
def desk(number, prompt=welcome, **fields):
    return Receptionist.objects.create(number=number, name="Receptie " + number, welcome=prompt, **fields)
main = desk("800", seconds=1, repeats=1, silent_kind="extension", silent_target="100",
            wrong_kind="voicemail", wrong_target="103")
Key.objects.create(receptionist=main, key="1", kind="system", target="600")
Key.objects.create(receptionist=main, key="2", kind="extension", target="101")
Key.objects.create(receptionist=main, key="0", kind="voicemail", target="103")
Key.objects.create(receptionist=main, key="*", kind="system", target="804")
Key.objects.create(receptionist=main, key="#", kind="busy")
desk("801", seconds=1, repeats=0, silent_kind="system", silent_target="802")
desk("802", seconds=1, repeats=0, silent_kind="system", silent_target="801")
department = Department.objects.create(name="Gesloten")
hours = OfficeHours.objects.create(department=department, closed_until="2099-01-01T00:00Z")
desk("803", department=department, closed_prompt=closed, closed_kind="extension", closed_target="101")
desk("804", spoken, seconds=1, repeats=0)
dial = desk("805", dial_extension=True, name_key="9", seconds=3)
Key.objects.create(receptionist=dial, key="1", kind="extension", target="104")
user = Extension.objects.get(number="100").user
user.is_staff = user.is_superuser = True
user.save()
trunk = Trunk.objects.get()
InboundNumber.objects.create(number="+31207654321", trunk=trunk, kind="system", target="800")
"""


@pytest.fixture(scope="module")
def desks(running_exchange: Exchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The receptionists of the company, with tones for words."""
    folder = tmp_path_factory.mktemp("prompts")
    welcome = write_tones(folder / "welcome.wav", [(WELCOME_HZ, 4.0)])
    closed = write_tones(folder / "closed.wav", [(CLOSED_HZ, 1.0)])
    running_exchange.change(DESKS.format(welcome=welcome, closed=closed))
    yield
    running_exchange.change(
        "InboundNumber.objects.filter(target='800').delete(); Receptionist.objects.all().delete()\n"
        "Prompt.objects.all().delete(); Department.objects.all().delete()\n"
        "from accounts.models import User; User.objects.update(is_staff=False, is_superuser=False)",
    )


async def asks(call: Call) -> None:
    """The receptionist has answered and is speaking."""
    await call.answered()
    sound = await call.listen(1.0)
    assert sound.heard(WELCOME_HZ, 0.3), f"no welcome was heard: {sound}"


@pytest.mark.usefixtures("desks")
async def test_a_key_interrupts_the_welcome_and_leads_where_it_says(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await anna.call("800")
    await asks(call)
    pressed = time.monotonic()
    await call.dtmf("2")
    at_bram = await bram.incoming()
    assert time.monotonic() - pressed < 1.5, "the welcome was not interrupted"
    assert at_bram.remote_identity.number == "100"
    # A second of tone in five, wherever the bridge's own happens to be.
    assert (await call.listen(4.2)).heard(425, 0.15), "the caller hears no ringing tone"
    await at_bram.answer()
    await at_bram.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["answered_by"]) == ("answered", "101")
    assert row["codes"][:4] == ["called", "receptionist", "reception_key", "ring_extension"]


@pytest.mark.usefixtures("desks")
async def test_a_caller_from_outside_gets_to_a_ring_group_by_a_key(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    bram = await exchange.phone(phones, "101")
    line = await provider(exchange, phones)
    call = await line.call(f"sip:+31207654321@127.0.0.1:{exchange.instance.sip_port}")
    await asks(call)
    await call.dtmf("1", method="info")
    at_bram = await bram.incoming()
    await at_bram.answer()
    await at_bram.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["direction"], row["outcome"], row["answered_by"]) == ("inbound", "answered", "101")


@pytest.mark.usefixtures("desks")
async def test_who_presses_nothing_hears_it_twice_and_goes_where_the_administrator_said(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await bram.call("800")
    await call.answered()
    await call.record()
    at_anna = await anna.incoming(15)
    sound = await call.heard()
    assert sound.tone_seconds(WELCOME_HZ) == pytest.approx(8, abs=0.8)
    await at_anna.hangup(486)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert "reception_no_choice" in row["codes"]


@pytest.mark.usefixtures("desks")
async def test_wrong_keys_are_said_to_be_wrong_and_lead_to_voicemail(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    anna = await exchange.phone(phones, "100")
    call = await anna.call("800")
    await asks(call)
    await call.dtmf("7")
    wrong = await call.listen(1.5)
    assert wrong.sounding() and wrong.share_of(WELCOME_HZ) < 0.7, f"nobody said that it was wrong: {wrong}"
    await call.hear(WELCOME_HZ)
    await call.dtmf("8")
    await beep(call)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["codes"].count("reception_wrong_key") == 2
    assert "to_voicemail" in row["codes"]


@pytest.mark.usefixtures("desks")
async def test_busy_ends_the_call(exchange: Exchange, phones: Phones) -> None:
    anna = await exchange.phone(phones, "100")
    call = await anna.call("800")
    await asks(call)
    await call.dtmf("#")
    await call.ended(8)


@pytest.mark.usefixtures("desks")
async def test_a_closed_receptionist_says_so_and_sends_the_caller_on(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await anna.call("803")
    await call.answered()
    sound = await call.listen(1.2)
    assert sound.heard(CLOSED_HZ, 0.3) and not sound.heard(WELCOME_HZ, 0.1)
    await (await bram.incoming()).answer()
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["codes"][2] == "hours_override"


@pytest.mark.usefixtures("desks")
async def test_a_prompt_that_is_no_sound_any_more_is_spoken_and_the_keys_work(
    exchange: Exchange, phones: Phones
) -> None:
    (prompt,) = exchange.rows("SELECT file FROM telephony_prompt WHERE number = 1")
    file = exchange.instance.prompts / prompt["file"]
    sound = file.read_bytes()
    file.write_bytes(b"Sehr geehrte Damen und Herren")
    try:
        anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
        call = await anna.call("800")
        await call.answered()
        said = await call.listen(1.5)
        assert said.silence_share < 0.95 and not said.heard(WELCOME_HZ, 0.3)
        await call.dtmf("2")
        await bram.incoming()
        await call.hangup()
    finally:
        file.write_bytes(sound)


@pytest.mark.usefixtures("desks")
async def test_a_text_is_spoken(exchange: Exchange, phones: Phones) -> None:
    anna = await exchange.phone(phones, "100")
    call = await anna.call("804")
    await call.answered()
    sound = await call.listen(1.5)
    assert sum(span.seconds for span in sound.sounding()) > 0.8, f"nothing was said: {sound}"
    assert (await call.ended(10)).code == 200


@pytest.mark.usefixtures("desks")
async def test_two_receptionists_that_send_callers_to_each_other_end_by_themselves(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    anna = await exchange.phone(phones, "100")
    call = await anna.call("801")
    await call.answered()
    await call.ended(80)
    (row,) = await exchange.logged(began)
    assert row["codes"].count("receptionist") <= 11
    assert row["codes"][-1] in ("reception_ends", "hung_up")


@pytest.mark.usefixtures("desks")
@pytest.mark.parametrize(
    ("keys", "rings"),
    [("102", "102"), ("1", "104"), ("104", "104")],
    ids=["extension", "key", "extension that begins like the key"],
)
async def test_an_extension_can_be_dialled_beside_the_keys(
    exchange: Exchange, phones: Phones, keys: str, rings: str
) -> None:
    anna, callee = await exchange.phone(phones, "100"), await exchange.phone(phones, rings)
    call = await anna.call("805")
    await asks(call)
    await call.dtmf(keys)
    await (await callee.incoming(6)).answer()
    await call.hangup()


@pytest.mark.usefixtures("desks")
async def test_the_key_that_ends_an_extension_does_not_skip_its_greeting(
    exchange: Exchange, phones: Phones
) -> None:
    anna = await exchange.phone(phones, "100")
    call = await anna.call("805")
    await asks(call)
    await call.dtmf("103#")
    await asyncio.sleep(2)  # the welcome is over, and the greeting of 103 is not: time itself
    sound = await call.listen(2)
    assert sound.sounding(), "no greeting was heard"
    assert not sound.heard(BEEP_HZ, 0.05)
    await call.hangup()


@pytest.mark.usefixtures("desks")
async def test_no_outside_number_or_code_can_be_dialled(exchange: Exchange, phones: Phones) -> None:
    line = await provider(exchange, phones)
    await exchange.phone(phones, "100")
    call = await line.call(f"sip:+31207654321@127.0.0.1:{exchange.instance.sip_port}")
    await asks(call)
    await call.dtmf("0612345678")
    await line.not_called(3)
    await call.hangup()


@pytest.mark.usefixtures("desks")
async def test_a_name_is_spelled_spoken_and_offered(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    anna, daan = await exchange.phone(phones, "100"), await exchange.phone(phones, "103")
    call = await anna.call("805")
    await asks(call)
    await call.dtmf("9")
    assert (await call.listen(1.5)).sounding(), "nobody asked for a name"
    await call.dtmf("685")  # Mul(der)
    offer = await call.listen(1.5)
    assert offer.sounding(), "the name was not offered"
    await call.dtmf("1")
    await (await daan.incoming()).answer()
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert "reception_name" in row["codes"]


@pytest.mark.usefixtures("desks")
async def test_an_administrator_records_a_prompt_by_phone_behind_the_pin(
    exchange: Exchange, phones: Phones
) -> None:
    anna = await exchange.phone(phones, "100")
    call = await anna.call("*53")
    await call.answered()
    await asyncio.sleep(0.5)  # as fast as a person types
    await call.dtmf("1234#")
    await beep(call)
    await call.say(900, 2.0, rest=0.2)
    await call.dtmf("#")
    await asyncio.sleep(0.7)  # as fast as a person presses them
    await call.dtmf("0")
    await call.ended(10)
    (row,) = exchange.rows("SELECT * FROM telephony_prompt WHERE number = 3")
    assert row["source"] == "phone"
    assert row["seconds"] == pytest.approx(2.3, abs=0.6)
    assert [path.name for path in sounds(exchange)].count(row["file"]) == 1
    again = await anna.call("804")
    await again.answered()
    assert (await again.listen(2)).heard(900, 0.8)
    await again.hangup()


def sounds(exchange: Exchange) -> list[Path]:
    return sorted(exchange.instance.prompts.iterdir())


@pytest.mark.usefixtures("desks")
async def test_who_is_no_administrator_records_no_prompt(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    bram = await exchange.phone(phones, "101")
    before = sounds(exchange)
    call = await bram.call("*51")
    await call.answered()
    await call.ended(10)
    assert sounds(exchange) == before
    (row,) = await exchange.logged(began)
    assert row["codes"][-1] == "prompt_refused"
