"""The voicemail menu at 999: its keys, and what goes on elsewhere while somebody listens."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phone, Phones
from tests.rig.phones.call import Call
from tests.rig.phones.hearing import Sound, write_tones
from tests.rig.voicemail import beep, menu, speak, spoken

FIRST_HZ, SECOND_HZ = 600.0, 900.0
LONG = 6.0  # seconds: nobody hears such a message to its end by accident


def put_message(exchange: Exchange, hz: float, age: int = 0, number: str = "103") -> None:
    """A message of 100 in somebody's mailbox, some seconds old."""
    (box,) = exchange.rows(
        "SELECT box.id, extension.id AS folder FROM voicemail_mailbox box "
        "JOIN telephony_extension extension ON extension.id = box.extension_id WHERE number = ?",
        number,
    )
    name = f"{box['folder']}/{uuid.uuid4().hex}.wav"
    path = exchange.instance.voicemail / name
    path.parent.mkdir(exist_ok=True)
    write_tones(path, [(hz, LONG)])
    exchange.write(
        "INSERT INTO voicemail_message (mailbox_id, call_id, caller, caller_name, created, duration, file, to_email) "
        "VALUES (?, '', '100', 'Anna', datetime('now', ?), ?, ?, 0)",
        box["id"],
        f"-{age} seconds",
        round(LONG * 1000),
        name,
    )


async def listen(phone: Phone, hz: float) -> Call:
    """The owner hears the first message, which is this tone."""
    call = await menu(phone)
    await call.dtmf("*")
    await call.hear(hz)
    return call


async def is_heard(exchange: Exchange, count: int = 1) -> None:
    """So many of the messages are marked as heard."""

    def marked() -> bool:
        return sum(row["heard"] is not None for row in exchange.messages("103")) == count

    await eventually(marked, 5, f"{count} messages to be marked as heard")


async def test_a_message_that_is_heard_in_part_is_no_new_one(exchange: Exchange, phones: Phones) -> None:
    put_message(exchange, FIRST_HZ)
    daan = await exchange.phone(phones, "103")
    call = await listen(daan, FIRST_HZ)
    await call.hangup()
    await is_heard(exchange)


async def test_a_message_that_is_deleted_on_the_web_while_it_plays_does_not_end_the_call(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    put_message(exchange, FIRST_HZ)
    daan = await exchange.phone(phones, "103")
    call = await listen(daan, FIRST_HZ)
    exchange.write("DELETE FROM voicemail_message")
    await call.dtmf("6")
    await spoken(call)  # "no more messages", and the menu
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["codes"].count("error")) == ("service", 0), row


async def test_the_keys_repeat_a_message_go_on_delete_it_and_call_back(
    exchange: Exchange, phones: Phones
) -> None:
    put_message(exchange, FIRST_HZ, age=60)
    put_message(exchange, SECOND_HZ)
    alice, daan = await exchange.phone(phones, "100"), await exchange.phone(phones, "103")
    call = await listen(daan, FIRST_HZ)
    await call.dtmf("5")
    await spoken(call)  # who left it and when, once more
    await call.hear(FIRST_HZ)
    await call.dtmf("6")
    await call.hear(SECOND_HZ)
    sounds = {exchange.instance.voicemail / row["file"] for row in exchange.messages("103")}
    await call.dtmf("7")

    def one_left() -> list[dict[str, Any]] | None:
        rows = exchange.messages("103")
        return rows if len(rows) == 1 else None

    (left,) = await eventually(one_left, 5, "the second message to be deleted")
    assert {path for path in sounds if path.exists()} == {exchange.instance.voicemail / left["file"]}
    await spoken(call)
    await call.hangup()
    await call.ended()

    call = await listen(daan, FIRST_HZ)
    await call.dtmf("8")
    back = await alice.incoming(10)
    assert back.remote_identity.number == "103"
    await back.answer()
    await call.play_tone(440.0)
    await back.hear(440.0, timeout=5)
    await call.hangup()
    await back.ended()


async def test_a_key_that_is_pressed_while_the_count_is_spoken_is_followed_at_once(
    exchange: Exchange, phones: Phones
) -> None:
    put_message(exchange, FIRST_HZ)
    daan = await exchange.phone(phones, "103")
    call = await daan.call("999")
    await call.answered()
    await call.dtmf("1234#*")
    await call.hear(FIRST_HZ)
    await call.hangup()


async def test_a_greeting_in_which_nothing_was_said_is_asked_for_again(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    daan = await exchange.phone(phones, "103")
    call = await menu(daan)
    for key in "980":
        await call.dtmf(key)
        await asyncio.sleep(0.5)  # as fast as a person presses them
    await beep(call)
    await call.dtmf("#")
    await beep(call)  # it says so, and asks again
    await speak(call, FIRST_HZ, 1.5)
    await call.dtmf("#")
    await asyncio.sleep(0.6)  # as fast as a person presses them
    await call.dtmf("0")

    def saved() -> list[dict[str, Any]]:
        return exchange.rows("SELECT greeting FROM voicemail_mailbox WHERE greeting != ''")

    (box,) = await eventually(saved, 5, "the greeting to be saved")
    greeting = exchange.instance.voicemail / box["greeting"]
    assert Sound.load(greeting).tone_seconds(FIRST_HZ) > 1.2
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["codes"].count("error")) == ("service", 0), row
