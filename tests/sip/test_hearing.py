"""The ears: what they say about sounds that we made ourselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.rig.phones.hearing import Sound, tones, write_tones


def sound(*parts: tuple[float, float]) -> Sound:
    return Sound(tones(list(parts)), 8000)


def test_a_tone_is_heard_from_when_to_when() -> None:
    heard = sound((0, 1), (440, 2), (0, 1)).heard(440)
    assert heard
    assert (heard.start, heard.end) == (pytest.approx(1, abs=0.02), pytest.approx(3, abs=0.02))


def test_another_tone_is_not_heard() -> None:
    assert sound((440, 1)).heard(500) is None


@pytest.mark.parametrize("hz", [350, 440, 697, 1000, 1633, 3000])
def test_the_pitch_is_right_within_two_hertz(hz: float) -> None:
    assert sound((hz, 1)).tone_at(0.5) == pytest.approx(hz, abs=2)


def test_noise_is_no_tone() -> None:
    noise = Sound(np.random.default_rng(1).normal(0, 0.1, 16000), 8000)
    assert not noise.pitches.any()
    assert noise.silence_share == 0


def test_levels_are_dbfs() -> None:
    assert Sound(tones([(1000, 1)], peak=1.0), 8000).level == pytest.approx(-3.01, abs=0.05)
    assert sound((0, 1)).level == -120


def test_silence_has_a_share() -> None:
    assert sound((0, 1), (440, 3)).silence_share == pytest.approx(0.25)
    assert sound().silence_share == 1


def test_a_gap_inside_a_tone_is_found_and_silence_around_it_is_not() -> None:
    gaps = sound((0, 0.5), (440, 1), (0, 0.1), (440, 1), (0, 0.5)).gaps()
    assert [(round(gap.start, 2), round(gap.seconds, 2)) for gap in gaps] == [(1.5, 0.1)]


def test_what_the_start_and_the_end_lost() -> None:
    message = sound((400, 0.7), (500, 1), (600, 0.9))
    start, end = message.clipped(400, 600, 1.0)
    assert start == pytest.approx(300, abs=25)
    assert end == pytest.approx(100, abs=25)


def test_how_much_of_a_tone_is_missing() -> None:
    together, longest = sound((440, 0.5), (0, 0.06), (440, 0.3)).missing(440, 1.0)
    assert together == pytest.approx(140, abs=25)
    assert longest == pytest.approx(60, abs=25)


def test_a_file_sounds_as_it_was_written(tmp_path: Path) -> None:
    path = write_tones(tmp_path / "message.wav", [(400 + 100 * n, 1) for n in range(10)])
    heard = Sound.load(path)
    assert heard.seconds == 10
    assert [round(heard.tone_at(n + 0.5), -2) for n in range(10)] == [400 + 100 * n for n in range(10)]
    assert "440" not in repr(heard)
