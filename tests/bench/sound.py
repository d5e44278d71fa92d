"""What the load generator says: payload files of A-law and G.722."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.rig.phones import Phones
from tests.rig.phones.hearing import Samples, tones
from tests.rig.phones.wire import Wire

RATE = 8000  # Hz
FRAME = 160  # bytes of 20 ms, A-law and G.722 alike
SILENCE = 0xD5  # A-law
VOICEMAIL_TONES = [400 + 100 * number for number in range(10)]  # Hz, one second each


def alaw(samples: Samples) -> bytes:
    """Encode samples between -1 and 1 (ITU-T G.711, A-law)."""
    linear = np.clip(np.round(samples * 32767), -32768, 32767).astype(np.int32)
    magnitude = np.where(linear < 0, -linear - 1, linear) >> 4
    octave = np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32)
    segment = np.where(magnitude < 16, 0, octave - 3)
    mantissa = np.where(segment < 2, magnitude & 15, (magnitude >> (np.maximum(segment, 1) - 1)) & 15)
    code = (segment << 4) | mantissa
    code = np.where(linear >= 0, code | 0x80, code)
    encoded: npt.NDArray[np.uint8] = (code ^ 0x55).astype(np.uint8)
    return encoded.tobytes()


def speech(seconds: float = 10) -> Samples:
    """Something like a voice that never pauses, so that every frame of it can be told from silence."""
    moments = np.arange(round(seconds * RATE)) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 25 * np.sin(2 * np.pi * 0.7 * moments)) / RATE
    loudness = 0.6 + 0.4 * np.sin(2 * np.pi * 3.1 * moments)
    harmonics = sum(np.sin(number * pitch) / number for number in (1, 2, 3, 5, 8, 13))
    return 0.2 * loudness * harmonics


def speech_file(folder: Path) -> Path:
    """A-law frames of speech."""
    path = folder / "speech.al"
    path.write_bytes(alaw(speech()))
    return path


def voicemail_file(folder: Path, lead: float) -> Path:
    """A-law frames of a message: silence for `lead` seconds, then ten tones of a second each."""
    path = folder / "message.al"
    parts = [(0.0, lead), *((float(hz), 1.0) for hz in VOICEMAIL_TONES)]
    path.write_bytes(alaw(tones(parts)))
    return path


async def g722_file(folder: Path, seconds: float = 3) -> Path:
    """G.722 frames, made by a telephone that plays a tone into our socket."""
    payload = bytearray()

    class Ear(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            if data[1] & 0x7F == 9 and len(data) == 12 + FRAME:
                payload.extend(data[12:])

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Ear, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    try:
        async with Phones(folder) as phones, Wire("1", "", "127.0.0.1", 9) as wire:
            phone = await phones.direct("2", codecs=["G722"])
            wire.host, wire.port = phone.address
            call = await phone.call(f"sip:1@127.0.0.1:{wire.address[1]}")
            invite = await wire.receive(lambda m: m.method == "INVITE", 5, "INVITE")
            wire.reply(invite, 200, "OK", body=answer(port))
            await call.answered()
            await call.play_tone(1000)
            await asyncio.sleep(seconds)
            await call.hangup()
            bye = await wire.receive(lambda m: m.method == "BYE", 5, "BYE")
            wire.reply(bye, 200, "OK")
    finally:
        transport.close()
    path = folder / "tone.g722"
    path.write_bytes(bytes(payload[FRAME * 10 :]))  # the tone starts after a few frames of silence
    return path


def answer(port: int) -> str:
    """An SDP answer of G.722 alone."""
    return (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 9\r\na=rtpmap:9 G722/8000\r\na=ptime:20\r\n"
    )
