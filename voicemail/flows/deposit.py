"""A caller leaves a message."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError

from telephony import routing
from telephony.engine.leg import HungUp
from telephony.engine.media import Recorder, settle, wav_seconds
from telephony.sound import speech
from telephony.sound.wav import trim_silence
from voicemail import actions, selectors
from voicemail.models import Mailbox
from voicemail.sidecar import PART, Sidecar, sidecar_of, write_sidecar

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

log = logging.getLogger(__name__)

SILENCE = 8.0  # seconds without sound that end a message
SHORTEST = 1.0  # seconds; less is no message
LOOK = 0.2  # seconds between two looks at the level
QUIET = 6  # pjmedia's level, 0–255: below it nobody speaks


async def deposit(call: Call, caller: Leg, step: routing.Voicemail) -> bool:
    """Greet, beep, record. False when no message can be taken; nothing has been said then.

    A caller who chose to leave a message hears only the beep.
    """
    exchange, extension = call.exchange, step.extension
    greet = step.reason.code != "message_asked"
    try:
        box = await exchange.in_thread(selectors.find_mailbox, extension)
    except DatabaseError as error:
        log.warning("call %s: no message can be taken: %s", call.id, error)
        call.step("database_away")
        return False
    if box is None:
        return False
    part = await _room_for_message(call, box)
    if part is None:
        return False
    language = box.extension.language
    silent = False
    try:
        caller.answer()
        call.set_answered(f"voicemail {extension}")
        # A caller who knows the greeting skips it with #.
        if greet and not await caller.play(*await exchange.sound(_greeting, box), stop_on="#"):
            after_beep = await exchange.sound(speech.prompt, "after_beep", language)
            await caller.play(after_beep, stop_on="#")
        await caller.play(speech.beep())
        silent = await record(call, caller, part)
    except HungUp:
        pass
    await _keep(call, box, part, silent)
    with contextlib.suppress(HungUp):
        await caller.play(await exchange.sound(speech.prompt, "goodbye", language))
    caller.hang_up()
    return True


async def _room_for_message(call: Call, box: Mailbox) -> Path | None:
    """Where to record; None when the disk is full or takes nothing (quota, inodes, read-only)."""
    exchange = call.exchange
    try:
        if exchange.disk_has_room(box.folder):
            return await exchange.in_thread(_begin, call, box)
        call.step("message_impossible")
    except OSError as error:
        log.warning("call %s: no message can be taken: %s", call.id, error)
        call.step("message_unwritable", detail=error.strerror or type(error).__name__)
    return None


def _begin(call: Call, box: Mailbox) -> Path:
    """Note beside the recording its mailbox, so that it can be saved if this process dies. Raises OSError."""
    box.folder.mkdir(parents=True, exist_ok=True)
    part = box.folder / f"{call.id}{PART}"
    note: Sidecar = {
        "mailbox": box.pk,
        "call": call.id,
        "node": call.exchange.name,
        "caller": call.caller,
        "caller_name": call.caller_name,
        "started": time.time(),
    }
    write_sidecar(part, note)
    return part


def _greeting(box: Mailbox) -> list[Path]:
    own = box.folder / "greeting.wav"
    if box.greeting and own.exists():
        return [own]
    return [speech.speak(speech.greeting, box.extension.name, box.extension.language)]


async def record(call: Call, caller: Leg, path: Path) -> bool:
    """Record until #, hang-up (raises HungUp), `VOICEMAIL_SECONDS`, or 8 s of silence; True when silence ended it."""
    patch = call.exchange.endpoint.patch
    recorder = Recorder(path)
    patch.link(caller, recorder)
    try:
        began = last_sound = time.monotonic()
        while time.monotonic() - began < settings.VOICEMAIL_SECONDS:
            if await caller.digit(LOOK, among="#"):
                return False
            port = caller.audio()
            # Seen from the bridge: what the caller sends is what their port transmits into it.
            if port is not None and port.getTxLevel() > QUIET:
                last_sound = time.monotonic()
            if time.monotonic() - last_sound >= SILENCE:
                return True
        return False
    finally:
        patch.silence(recorder)
        patch.forget(recorder)
        recorder.close()


def whole(part: Path, silent: bool) -> float:
    """Finish what `record` made; its length in seconds. What is too short to be anything is removed: 0."""
    if not part.exists():
        return 0.0
    try:
        settle(part)
    except ValueError:  # not even a header: nothing was said, or the machine had no time to hear it
        part.unlink()
        return 0.0
    if silent:
        trim_silence(part, SILENCE - 1)
    seconds = wav_seconds(part)
    if seconds < SHORTEST:
        part.unlink()
        return 0.0
    return seconds


async def _keep(call: Call, box: Mailbox, part: Path, silent: bool) -> None:
    """Store what was recorded, if it is a message at all; what cannot be stored now is stored later."""
    try:
        duration = await asyncio.shield(call.exchange.in_thread(_store, call, box, part, silent))
    except (DatabaseError, OSError, wave.Error) as error:
        log.warning("the message of call %s is stored later: %s", call.id, error)
        call.step("message_waits", extension=box.extension.number)
        call.exchange.store_later()
        return
    if duration:
        call.step("message_left", extension=box.extension.number, seconds=round(duration))
    else:
        call.step("message_empty")


def _store(call: Call, box: Mailbox, part: Path, silent: bool) -> float:
    """Turn the recording into a message; its length in seconds, 0 when there is none.

    The note beside the recording goes last: until then `voicemail.recovery` finds both.
    """
    seconds = whole(part, silent)
    if seconds:
        final = part.with_name(f"{call.id}.wav")
        part.replace(final)
        actions.do_store_message(
            box,
            final,
            duration=round(seconds * 1000),
            caller=call.caller,
            caller_name=call.caller_name,
            call_id=call.id,
        )
    sidecar_of(part).unlink()
    return seconds
