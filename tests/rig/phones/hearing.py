"""Ears: what is in a WAV file, how loud, from when to when.

Times are seconds from the start of the file, levels dBFS (a full-scale sine has -3.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

BLOCK = 0.02  # seconds: one RTP packet
QUIET = -50.0  # dBFS: below it a block counts as silence
TOLERANCE = 20.0  # Hz
# A block is a tone when this share of its energy lies at that tone.
PURITY = 0.7

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """A stretch of sound."""

    start: float
    end: float
    hz: float = 0.0

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Sound:
    """Samples between -1 and 1 and their rate in Hz."""

    def __init__(self, samples: Samples, rate: int) -> None:
        self.samples = samples
        self.rate = rate

    @classmethod
    def load(cls, path: Path | str, channel: int = 0) -> Sound:
        """Read one channel of a file. Raises soundfile.LibsndfileError when it is no sound file."""
        data, rate = soundfile.read(str(path), dtype="float64", always_2d=True)
        return cls(data[:, channel], rate)

    @classmethod
    def growing(cls, path: Path) -> Sound:
        """What a recorder has written of one channel of 16-bit PCM so far: up to a quarter of a second ago."""
        data = path.read_bytes()
        rate = int.from_bytes(data[24:28], "little") or 8000
        samples = np.frombuffer(data[44 : len(data) - len(data) % 2], dtype="<i2")
        return cls(samples / 32768, rate)

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def part(self, start: float, end: float | None = None) -> Sound:
        """The sound between two moments."""
        stop = None if end is None else round(end * self.rate)
        return Sound(self.samples[round(start * self.rate) : stop], self.rate)

    @cached_property
    def blocks(self) -> Samples:
        """The samples in rows of 20 ms; a last incomplete one is left out."""
        size = round(self.rate * BLOCK)
        count = len(self.samples) // size
        return self.samples[: count * size].reshape(count, size)

    @cached_property
    def levels(self) -> Samples:
        """The level of every 20 ms in dBFS; digital silence is -120."""
        power = np.mean(self.blocks**2, axis=1) if len(self.blocks) else np.zeros(0)
        return 10 * np.log10(np.maximum(power, 1e-12))

    @property
    def level(self) -> float:
        """The level of the whole in dBFS."""
        power = float(np.mean(self.samples**2)) if len(self.samples) else 0.0
        return float(10 * np.log10(max(power, 1e-12)))

    @property
    def silence_share(self) -> float:
        """Which part of the time is silent, 0 to 1; a file without a block is all silence."""
        return float(np.mean(self.levels < QUIET)) if len(self.levels) else 1.0

    @cached_property
    def pitches(self) -> Samples:
        """The strongest frequency in Hz of every 20 ms; 0 where it is silent or no pure tone."""
        rows = self.blocks
        if not len(rows):
            return np.zeros(0)
        window = np.hanning(rows.shape[1])
        size = 8192  # zero-padded: bins of 1 Hz at 8 kHz
        spectrum = np.abs(np.fft.rfft(rows * window, size, axis=1)) ** 2
        spectrum[:, : int(60 * size / self.rate)] = 0  # hum and offset are no tones
        peaks = np.argmax(spectrum, axis=1)
        hz = peaks * self.rate / size
        # The main lobe of the window is four bins of the unpadded transform wide.
        half = int(2 * size / rows.shape[1]) + 1
        total = spectrum.sum(axis=1)
        near = np.array(
            [row[max(0, p - half) : p + half + 1].sum() for row, p in zip(spectrum, peaks, strict=True)]
        )
        pure = (near > PURITY * np.maximum(total, 1e-20)) & (self.levels >= QUIET)
        return np.where(pure, hz, 0.0)

    def tone_at(self, moment: float) -> float:
        """The tone in Hz that sounds at this moment, 0 for none."""
        number = int(moment / BLOCK)
        return float(self.pitches[number]) if number < len(self.pitches) else 0.0

    def share_of(self, hz: float, start: float = 0.0, end: float | None = None) -> float:
        """Which part of the time this tone is the strongest, 0 to 1."""
        pitches = self.part(start, end).pitches
        return float(np.mean(np.abs(pitches - hz) <= TOLERANCE)) if len(pitches) else 0.0

    def spans(self, hz: float, bridge: float = 0.04, shortest: float = 0.06) -> list[Span]:
        """When this tone is heard. Interruptions up to `bridge` seconds do not split a span."""
        return _runs(np.abs(self.pitches - hz) <= TOLERANCE, bridge, shortest, hz)

    def heard(self, hz: float, at_least: float = 0.2) -> Span | None:
        """The first time this tone is heard for so many seconds, from when to when; None when it is not."""
        return next((span for span in self.spans(hz) if span.seconds >= at_least), None)

    def tone_seconds(self, hz: float) -> float:
        """For how long in all this tone is heard."""
        return float(np.sum(np.abs(self.pitches - hz) <= TOLERANCE)) * BLOCK

    def sounding(self, bridge: float = 0.2, shortest: float = 0.04) -> list[Span]:
        """When there is any sound, pauses up to `bridge` seconds included."""
        return _runs(self.levels >= QUIET, bridge, shortest)

    def gaps(self, start: float = 0.0, end: float | None = None, shortest: float = 0.02) -> list[Span]:
        """Silences inside the sound of a stretch: after its first and before its last audible block."""
        part = self.part(start, end)
        loud = np.flatnonzero(part.levels >= QUIET)
        if len(loud) < 2:
            return []
        quiet = part.levels < QUIET
        quiet[: loud[0]] = False
        quiet[loud[-1] + 1 :] = False
        runs = _runs(quiet, 0, shortest)
        return [Span(start + run.start, start + run.end) for run in runs]

    def missing(self, hz: float, seconds: float) -> tuple[float, float]:
        """How many ms of a tone of known length are cut off: together, and the longest gap inside."""
        span = self.spans(hz, bridge=seconds)
        if not span:
            return seconds * 1000, 0.0
        inside = self.pitches[round(span[0].start / BLOCK) : round(span[0].end / BLOCK)]
        holes = _runs(np.abs(inside - hz) > TOLERANCE, 0, 0)
        longest = max((hole.seconds for hole in holes), default=0.0)
        return max(0.0, seconds - span[0].seconds) * 1000, longest * 1000

    def clipped(self, first: float, last: float, seconds: float) -> tuple[float, float]:
        """ms lost at the start and end of a message whose first and last tone (Hz) last `seconds` each."""
        starts, ends = self.spans(first), self.spans(last)
        lost_start = seconds - (starts[0].seconds if starts else 0.0)
        lost_end = seconds - (ends[-1].seconds if ends else 0.0)
        return max(0.0, lost_start) * 1000, max(0.0, lost_end) * 1000

    def __repr__(self) -> str:
        strongest = [
            f"{hz:.0f} Hz {float(np.mean(np.abs(self.pitches - hz) <= TOLERANCE)):.0%}"
            for hz in _most_common(self.pitches)
        ]
        return (
            f"<sound of {self.seconds:.2f} s, {self.level:.1f} dBFS, {self.silence_share:.0%} silent, "
            f"tones: {', '.join(strongest) or 'none'}>"
        )


def _runs(mask: npt.NDArray[np.bool_], bridge: float, shortest: float, hz: float = 0.0) -> list[Span]:
    """Stretches of true blocks; false ones up to `bridge` seconds are overlooked."""
    numbers = np.flatnonzero(mask)
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) > 1 + round(bridge / BLOCK))
    starts = [numbers[0], *numbers[breaks + 1]]
    ends = [*numbers[breaks], numbers[-1]]
    spans = [Span(float(a) * BLOCK, float(b + 1) * BLOCK, hz) for a, b in zip(starts, ends, strict=True)]
    return [span for span in spans if span.seconds >= shortest - 1e-9]


def _most_common(pitches: Samples, count: int = 4) -> list[float]:
    """The tones that are heard longest, rounded to 10 Hz."""
    values, numbers = np.unique(np.round(pitches[pitches > 0], -1), return_counts=True)
    return [float(v) for v in values[np.argsort(-numbers)][:count]]


def tones(parts: list[tuple[float, float]], rate: int = 8000, peak: float = 0.25) -> Samples:
    """Samples of (Hz, seconds) one after the other; 0 Hz is silence, `peak` 1 is full scale."""
    pieces = []
    for hz, seconds in parts:
        moments = np.arange(round(seconds * rate)) / rate
        pieces.append(peak * np.sin(2 * np.pi * hz * moments))
    return np.concatenate(pieces) if pieces else np.zeros(0)


def write_tones(path: Path, parts: list[tuple[float, float]], rate: int = 8000, peak: float = 0.25) -> Path:
    """The same as a 16-bit WAV file."""
    soundfile.write(str(path), tones(parts, rate, peak), rate, subtype="PCM_16")
    return path
