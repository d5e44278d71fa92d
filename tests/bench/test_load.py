"""The load generator itself, without an exchange."""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from tests.bench import sound
from tests.bench.load import RtpLoad
from tests.bench.probe import percentile
from tests.rig.phones.hearing import Sound, tones


def packet(sequence: int, payload: bytes = b"\x55" * 160, source: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 8, sequence & 0xFFFF, sequence * 160 & 0xFFFFFFFF, source) + payload


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    return sound.speech_file(tmp_path)


def test_streams_hear_each_other_without_loss(tmp_path: Path, speech: Path) -> None:
    load = RtpLoad(tmp_path, 20, speech)
    try:
        assert all(port % 2 == 0 for port in load.ports)
        for here, there in zip(load.ports[::2], load.ports[1::2], strict=True):
            load.say(f"talk {here} 127.0.0.1 {there}")
            load.say(f"talk {there} 127.0.0.1 {here}")
        time.sleep(1)
        heard = load.report()
    finally:
        load.close()
    assert heard.streams == 20
    assert heard.received == pytest.approx(1000, abs=60)
    assert (heard.lost, heard.reordered, heard.silent) == (0, 0, 0)
    assert heard.missing <= 20


def test_loss_disorder_silence_and_new_sources_are_counted(tmp_path: Path, speech: Path) -> None:
    load = RtpLoad(tmp_path, 1, speech)
    silence = bytes([sound.SILENCE]) * 160
    loud = speech.read_bytes()[1600:1760]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", load.ports[0]))
        for number in (65534, 65535, 65536, 65538, 65537, 65540):  # 65539 is lost
            sender.send(packet(number, loud))
        sender.send(struct.pack("!BBH", 0x81, 201, 7) + bytes(28))  # RTCP
        sender.send(packet(100, silence, source=9))
        time.sleep(0.2)
    heard = load.report()
    load.close()
    assert (heard.received, heard.lost, heard.reordered) == (7, 1, 1)
    assert (heard.silent, heard.sources) == (1, 2)


def test_a_log_starts_and_stops_the_sound(tmp_path: Path, speech: Path) -> None:
    load = RtpLoad(tmp_path, 2, speech)
    log = tmp_path / "sipp.log"
    try:
        load.follow(log)
        log.write_text(f"talk {load.ports[0]} 127.0.0.1 {load.ports[1]}\n")
        time.sleep(0.4)
        with log.open("a") as file:
            file.write(f"quiet {load.ports[0]}\n")
        time.sleep(0.2)
        first = load.report().sent
        time.sleep(0.2)
        assert first > 5
        assert load.report().sent == first
    finally:
        load.close()


def test_a_law_loses_little() -> None:
    samples = tones([(1013, 0.5)], peak=0.2)
    encoded = np.frombuffer(sound.alaw(samples), dtype=np.uint8) ^ 0x55
    segment, mantissa = (encoded.astype(np.int32) >> 4) & 7, encoded.astype(np.int32) & 15
    magnitude = np.where(
        segment > 0, ((mantissa << 4) + 264) << np.maximum(segment - 1, 0), (mantissa << 4) + 8
    )
    decoded = np.where(encoded & 0x80, magnitude, -magnitude) / 32768
    error = decoded - samples
    assert 10 * np.log10(np.mean(samples**2) / np.mean(error**2)) > 35  # dB
    assert Sound(decoded, 8000).heard(1013)


async def test_g722_comes_from_a_telephone(tmp_path: Path) -> None:
    path = await sound.g722_file(tmp_path, seconds=0.6)
    assert path.stat().st_size % sound.FRAME == 0
    assert path.stat().st_size >= 10 * sound.FRAME


def test_percentiles() -> None:
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.99) == 100
