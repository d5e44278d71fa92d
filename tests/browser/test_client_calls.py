"""Calls in the web client: from browser to browser and desk phone, and everything that is done with them."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import expect

from tests.rig.browser.conversations import hear_each_other, talk
from tests.rig.browser.webclient import SILENT, WAIT, WebClients
from tests.rig.browser.webphone import MICROPHONE_HZ
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

# One browser is enough for two cores.
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

ANNA, BRAM, CHRIS = "Anna de Wit", "Bram Visser", "Chris Young"
PHONE_HZ = 800.0
# What comes out of the player of a recording: its length in seconds, and the energy (sum of squares) of two seconds.
PLAYED = """
async () => {
    const audio = document.querySelector(".row-line audio");
    await new Promise((done, failed) => {
        audio.addEventListener("timeupdate", () => audio.currentTime > 0.1 && done());
        audio.addEventListener("error", () => failed(new Error(audio.error.message)));
        setTimeout(() => failed(new Error("it does not play")), 10_000);
    });
    const context = new AudioContext();
    const heard = context.createAnalyser();
    context.createMediaStreamSource(audio.captureStream()).connect(heard);
    const samples = new Float32Array(heard.fftSize);
    let energy = 0;
    const until = performance.now() + 2000;
    while (performance.now() < until) {
        await new Promise((done) => setTimeout(done, 40));
        heard.getFloatTimeDomainData(samples);
        energy += samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    }
    await context.close();
    return { seconds: audio.duration, energy };
}
"""


async def test_two_browsers_talk_hold_record_reload_and_hang_up(
    exchange: Exchange, clients: WebClients
) -> None:
    began = time.time()
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    await anna.dial("Bram")
    await expect(bram.incoming).to_contain_text(ANNA, timeout=WAIT)
    await anna.sees(BRAM, "Calling")
    await bram.answer()
    await anna.sees(BRAM, "In a call")
    await bram.sees(ANNA, "In a call")
    await hear_each_other(anna, bram)
    assert (await anna.sound(0.5)).codec == "audio/opus"

    await anna.act("Hold")
    await anna.sees(BRAM, "On hold")
    await bram.sees(ANNA, "put you on hold")
    await anna.falls_silent()
    at_bram = await bram.sound()
    assert at_bram.heard > 0, f"no music: {at_bram}"
    await anna.act("Resume")
    await anna.sees(BRAM, "In a call")
    await hear_each_other(anna, bram)

    await anna.act("Mute")
    await bram.falls_silent()
    await anna.act("Mute")

    await anna.act("Record")
    await anna.sees(BRAM, "Recording")
    await hear_each_other(anna, bram)

    reloaded = time.monotonic()
    await anna.page.reload()
    await anna.sees(BRAM, "In a call")
    await bram.sees(ANNA, "In a call")
    back = time.monotonic() - reloaded
    await hear_each_other(anna, bram)
    assert back < 15, f"the call came back after {back:.1f} s"

    await anna.go("Calls")
    await bram.hang_up()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)
    await expect(bram.dock).to_be_hidden(timeout=WAIT)
    (row,) = await exchange.logged(began)
    assert (row["caller"], row["answered_by"], row["outcome"]) == ("100", "101", "answered")
    assert {"held", "resumed"} <= set(row["codes"])
    assert row["recording"]

    # The list that was open all the while has the call, and its sound as soon as there is one.
    entry = anna.page.locator(".row-line").first
    await expect(entry).to_contain_text(BRAM, timeout=WAIT)
    await entry.get_by_role("button", name="Play the recording").click(timeout=WAIT)
    played = await anna.page.evaluate(PLAYED)
    assert played["seconds"] > 2.5, played
    assert played["energy"] > 0.01, played


async def test_a_desk_phone_and_a_browser_call_each_other(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")

    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await call.play_tone(PHONE_HZ)
    await call.record()
    sound = await anna.sound(1.2)
    assert sound.heard > SILENT, sound
    assert (await call.heard()).share_of(MICROPHONE_HZ, 0.3) > 0.8
    await anna.hang_up()
    await call.ended()

    call = await desk.call("100")
    await anna.answer()
    await call.answered()
    await call.play_tone(PHONE_HZ)
    await call.record()
    await anna.sees(BRAM, "In a call")
    assert (await anna.sound(1.2)).heard > SILENT
    assert (await call.heard()).share_of(MICROPHONE_HZ, 0.3) > 0.8
    # A key of a call that was answered here arrives, too: the door opens.
    await anna.act("Keypad")
    await anna.dock.get_by_role("button", name="9", exact=False).first.click()
    assert await call.digit() == "9"
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_what_another_device_answers_stops_ringing_here_and_is_still_in_hand(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "100")
    caller = await exchange.phone(phones, "101")
    call = await caller.call("100")
    at_desk = await desk.incoming()
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await at_desk.answer()
    await call.answered()
    await expect(anna.incoming).to_be_hidden(timeout=2000)
    await anna.sees(BRAM, "In a call")
    # The commands go to the exchange: they work for a call whose sound is elsewhere, too.
    await anna.act("Hold")
    await anna.sees(BRAM, "On hold")
    await anna.act("Resume")
    await anna.hang_up()
    await call.ended()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_call_is_refused_or_sent_to_voicemail(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    caller = await exchange.phone(phones, "101")
    began = time.time()
    call = await caller.call("100")
    await anna.incoming.get_by_role("button", name="To voicemail").click(timeout=WAIT)
    await call.answered()
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "voicemail"

    began = time.time()
    call = await caller.call("100")
    await anna.incoming.get_by_role("button", name="Refuse").click(timeout=WAIT)
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
    await call.hangup()
    await exchange.logged(began)


async def test_blind_transfer_shows_the_status_of_who_gets_the_call(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    desk = await exchange.phone(phones, "102")
    await talk(anna, bram, BRAM)
    await anna.act("Transfer")
    await anna.choose("Transfer to: name or number", "Chris")
    await expect(anna.page.locator(".call-drawer")).to_contain_text("102 · Available")
    await anna.page.locator(".call-drawer").get_by_role("button", name="Transfer", exact=True).click()
    call = await desk.incoming()
    await call.answer()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)
    await bram.sees(CHRIS, "In a call")
    await call.play_tone(PHONE_HZ)
    await call.record()
    assert (await bram.sound(1.2)).heard > SILENT
    assert (await call.heard()).share_of(MICROPHONE_HZ, 0.3) > 0.8
    await bram.hang_up()
    await call.ended()


async def test_attended_transfer_asks_first_and_then_hands_over(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    desk = await exchange.phone(phones, "102")
    await talk(anna, bram, BRAM)
    await anna.act("Transfer")
    await anna.choose("Transfer to: name or number", "102")
    await anna.button("Att. transfer").click()
    call = await desk.incoming()
    await call.answer()
    await call.record()
    await anna.sees(CHRIS, "In a call")
    await anna.sees(BRAM, "Waits while you ask")
    await call.play_tone(PHONE_HZ)
    assert (await anna.sound(1.2)).heard > SILENT
    assert (await call.heard()).share_of(MICROPHONE_HZ, 0.3) > 0.8
    await anna.button("Transfer now").click()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)
    await bram.sees(CHRIS, "In a call")
    await call.record()
    assert (await bram.sound(1.2)).heard > SILENT
    assert (await call.heard()).share_of(MICROPHONE_HZ, 0.3) > 0.8
    await call.hangup()
    await expect(bram.dock).to_be_hidden(timeout=WAIT)


async def test_a_third_party_joins_and_all_hear_each_other(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    desk = await exchange.phone(phones, "102")
    await talk(anna, bram, BRAM)
    await anna.act("Conference")
    await anna.choose("Add: name or number", "102")
    call = await desk.incoming()
    await call.answer()
    await expect(anna.page.locator(".parties")).to_contain_text(CHRIS, timeout=WAIT)
    await expect(anna.page.locator(".parties li")).to_have_count(2, timeout=WAIT)
    await call.record()
    await hear_each_other(anna, bram)
    assert (await call.heard()).sounding()
    # What the second hears now comes from the third.
    await call.play_tone(PHONE_HZ)
    await anna.act("Mute")
    await bram.hears_something()
    await anna.act("Mute")
    await anna.button(f"Remove {CHRIS} from the call").click()
    await call.ended()
    await hear_each_other(anna, bram)
    await anna.hang_up()


async def test_a_new_call_puts_the_first_on_hold_and_one_switches(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    desk = await exchange.phone(phones, "102")
    await talk(anna, bram, BRAM)
    await anna.act("New call")
    box = anna.page.get_by_role("combobox", name="Name or number")
    await box.fill("102")
    await box.press("Enter")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(CHRIS, "In a call")
    await anna.sees(BRAM, "On hold")
    await anna.act("Resume", on=BRAM)
    await anna.sees(BRAM, "In a call")
    await anna.sees(CHRIS, "On hold")
    await anna.act("Hang up", on=CHRIS)
    await call.ended()
    await hear_each_other(anna, bram)
    await anna.hang_up()


async def test_a_call_moves_to_the_desk_phone_and_keys_are_heard(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    own = await exchange.phone(phones, "100")
    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await anna.act("Keypad")
    await anna.dock.get_by_role("button", name="5", exact=False).first.click()
    assert await call.digit() == "5"
    await anna.act("Move")
    await anna.page.locator(".call-drawer .menu-entry").first.click()
    moved = await own.incoming()
    await moved.answer()
    await moved.play_tone(PHONE_HZ)
    assert (await call.listen(1.2)).share_of(PHONE_HZ, 0.3) > 0.8
    await expect(anna.dock).to_contain_text("on ", timeout=WAIT)
    await moved.hangup()
    await call.ended()
