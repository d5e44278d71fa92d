"""Recordings of calls are kept whatever happens, compressed only when proved, and go when their time is up."""

from __future__ import annotations

import contextlib
import datetime
import json
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import time_machine
from auditlog.models import LogEntry
from django.db import OperationalError
from django.test import TestCase
from django.utils import timezone

from accounts.models import User
from pbxsite.instance import instance
from telephony.calls.models import Call
from telephony.extensions.models import Department, Extension
from telephony.recordings import actions, compress, keep
from telephony.recordings.keep import keep_recordings
from telephony.recordings.models import Recording, RecordingRule
from telephony.recordings.tasks import tend_recordings
from telephony.trunks.models import InboundNumber, Trunk

pytestmark = pytest.mark.django_db

RATE = 8000  # Hz
STARTED = 1_800_000_000.0


def speech_like(seconds: float) -> np.ndarray:
    """Something with loud and quiet parts, as a conversation has."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = 0.4 * np.sin(2 * np.pi * 440 * time) * (0.2 + 0.8 * (np.sin(2 * np.pi * 0.7 * time) > 0))
    return (sound * 32767).astype("<i2")


def leave(name: str = "0call0000000a-1", seconds: float = 3.5, *, cut_off: bool = False, **note: Any) -> Path:
    """What the engine leaves on the disk: the sound, and the note beside it."""
    path = instance.recordings / f"{name}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(speech_like(seconds).tobytes())
    if cut_off:
        with path.open("r+b") as raw:
            for place in (4, 40):
                raw.seek(place)
                raw.write(bytes(4))
    parties = [
        {"number": "100", "name": "Anna", "extension": "100"},
        {"number": "+31612345678", "name": "", "extension": ""},
    ]
    note = {
        "call": name.partition("-")[0],
        "node": "media1",
        "started": STARTED,
        "asked_by": "",
        "announced": True,
        "trunk": None,
        "inbound": "",
        "parties": parties,
        **note,
    }
    path.with_suffix(".json").write_text(json.dumps(note))
    return path


def files() -> list[str]:
    return sorted(path.name for path in instance.recordings.iterdir())


@pytest.fixture
def anna() -> Extension:
    user = User.objects.create(email="anna@example.org", name="Anna")
    department = Department.objects.create(name="Verkoop")
    return Extension.objects.create(number="100", name="Anna", user=user, department=department)


def test_a_recording_that_ended_is_kept_with_its_parties(anna: Extension) -> None:
    leave()
    assert keep_recordings("media1")
    recording = Recording.objects.get()
    assert (recording.call_id, recording.state, recording.announced) == ("0call0000000a", "raw", True)
    assert recording.seconds == 3.5
    assert recording.bytes == recording.path.stat().st_size
    assert recording.started.timestamp() == STARTED
    mine, outside = recording.parties.all()
    assert (mine.user, mine.department, mine.extension) == (anna.user, anna.department, "100")
    assert (outside.number, outside.user, outside.department) == ("+31612345678", None, None)
    assert files() == ["0call0000000a-1.wav"]


def test_a_recording_whose_writer_was_killed_is_mended_and_kept(anna: Extension) -> None:
    path = leave(cut_off=True)
    assert keep_recordings("media1")
    assert Recording.objects.get().seconds == 3.5
    assert soundfile.info(str(path)).frames == 3.5 * RATE


def test_keeping_twice_makes_one_row(anna: Extension) -> None:
    path = leave()
    note = path.with_suffix(".json").read_text()
    keep_recordings("media1")
    # The process died after the row was written and before the note was removed.
    path.with_suffix(".json").write_text(note)
    keep_recordings("media1")
    assert Recording.objects.count() == 1
    assert compress.compress(Recording.objects.get())
    path.with_suffix(".json").write_text(note)
    keep_recordings("media1")
    assert Recording.objects.count() == 1
    assert files() == ["0call0000000a-1.mp3"]


def test_what_is_still_being_recorded_is_left_alone(anna: Extension) -> None:
    running, other = leave(), leave("0call0000000b-1", node="media2")
    assert keep_recordings("media1", is_running=lambda name: name == running.stem)
    assert not Recording.objects.exists()
    assert running.exists() and other.exists()


def test_a_recording_waits_for_a_database_that_is_away(
    anna: Extension, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave()

    def away(*_args: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(keep.actions, "do_keep_recording", away)
        assert not keep_recordings("media1")
    assert files() == ["0call0000000a-1.json", "0call0000000a-1.wav"]
    assert keep_recordings("media1")
    assert Recording.objects.count() == 1


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"node": "media1"}'])
def test_a_note_that_cannot_be_read_keeps_no_other_back(anna: Extension, content: str) -> None:
    (instance.recordings / "0bad-1.json").write_text(content)
    leave()
    assert keep_recordings("media1")
    assert Recording.objects.count() == 1


def test_a_recording_without_sound_is_none(anna: Extension) -> None:
    path = leave()
    path.write_bytes(b"")
    keep_recordings("media1")
    assert not Recording.objects.exists()
    assert files() == []


# --- how long


def test_a_recording_is_kept_as_long_as_the_setting_says(anna: Extension, settings: Any) -> None:
    settings.RECORDING_KEEP_DAYS = 12
    leave()
    keep_recordings("media1")
    recording = Recording.objects.get()
    assert recording.expires - recording.started == datetime.timedelta(days=12)


def test_the_shortest_rule_counts(anna: Extension) -> None:
    trunk = Trunk.objects.create(name="Lijn", host="127.0.0.1")
    inbound = InboundNumber.objects.create(number="+31201234567", trunk=trunk, kind="extension", target="100")
    RecordingRule.objects.create(department=anna.department, record=False, keep_days=30)
    RecordingRule.objects.create(trunk=trunk, keep_days=20)
    RecordingRule.objects.create(inbound=inbound, keep_days=7)
    leave("0a-1")
    leave("0b-1", trunk=trunk.pk)
    leave("0c-1", trunk=trunk.pk, inbound="0031201234567")
    keep_recordings("media1")
    kept = {row.call_id: (row.expires - row.started).days for row in Recording.objects.all()}
    assert kept == {"0a": 30, "0b": 20, "0c": 7}


def test_a_recording_goes_when_its_time_is_up_file_and_row_together(anna: Extension) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        leave("0old-1", started=STARTED - 100 * 86400)
        leave("0new-1")
        keep_recordings("media1")
        with time_machine.travel(datetime.datetime.fromtimestamp(STARTED, datetime.UTC), tick=False):
            assert actions.do_purge_recordings() == 1
    assert [row.call_id for row in Recording.objects.all()] == ["0new"]
    assert files() == ["0new-1.wav"]
    entry = LogEntry.objects.get()
    assert (entry.action, entry.actor, entry.additional_data) == (
        LogEntry.Action.DELETE,
        None,
        {"what": "expired"},
    )


def test_a_purge_that_is_rolled_back_leaves_the_sound(anna: Extension) -> None:
    leave()
    keep_recordings("media1")
    actions.do_delete_recording(Recording.objects.get(), anna.user)
    # The test's own transaction is not committed here.
    assert files() == ["0call0000000a-1.wav"]


# --- compression


@pytest.fixture
def recording(anna: Extension) -> Recording:
    leave(seconds=20.3)
    keep_recordings("media1")
    return Recording.objects.get()


def test_the_copy_is_whole_before_the_original_goes(recording: Recording) -> None:
    original, _rate = soundfile.read(str(recording.path), dtype="int16")
    size = recording.bytes
    assert compress.compress(recording)
    recording.refresh_from_db()
    assert files() == ["0call0000000a-1.mp3"]
    assert recording.state == "compressed"
    assert recording.bytes == recording.path.stat().st_size < size / 4
    assert recording.checksum == compress.digest(recording.path)
    copy, rate = soundfile.read(str(recording.path), dtype="int16")
    assert rate == RATE
    assert abs(len(copy) - len(original)) <= compress.FRAME
    length = min(len(copy), len(original))
    assert np.corrcoef(original[:length], copy[:length])[0, 1] > 0.98
    assert not compress.compress(recording)


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.0, 61.0])
def test_short_and_long_recordings_keep_their_length(anna: Extension, seconds: float) -> None:
    leave(seconds=seconds)
    keep_recordings("media1")
    assert compress.compress(Recording.objects.get())
    (path,) = instance.recordings.iterdir()
    assert abs(soundfile.info(str(path)).frames - seconds * RATE) <= compress.FRAME


def damage_end(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def silence_middle(path: Path) -> None:
    samples, rate = soundfile.read(str(path), dtype="int16")
    samples[5 * rate : 7 * rate] = 0
    kind = soundfile.info(str(path)).format
    soundfile.write(str(path), samples, rate, format=kind)


@pytest.mark.parametrize("damage", [damage_end, silence_middle])
def test_a_damaged_copy_never_replaces_the_original(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, damage: Any
) -> None:
    encode = compress.encode
    before = recording.path.read_bytes()

    def encode_badly(source: Path, target: Path, suffix: str) -> None:
        encode(source, target, suffix)
        damage(target)

    monkeypatch.setattr(compress, "encode", encode_badly)
    with pytest.raises(compress.NotWhole):
        compress.compress(recording)
    assert files() == ["0call0000000a-1.wav"]
    assert recording.path.read_bytes() == before
    # The task tries again later, and does not fail.
    assert not compress.compress_or_wait(recording)
    recording.refresh_from_db()
    assert (recording.state, recording.tried is None) == ("raw", False)


@pytest.mark.parametrize(
    "sound",
    [
        np.random.default_rng(1).normal(0, 200, 10 * RATE),
        np.random.default_rng(1).normal(0, 9000, 10 * RATE),
        9000 * np.sign(np.sin(np.arange(10 * RATE) / 4)),
        9000 * np.sin(np.arange(10 * RATE) * 2 * np.pi * 30 / RATE),
        9000 + 0 * np.arange(10 * RATE),
        np.zeros(10 * RATE),
    ],
    ids=["hiss", "noise", "square", "hum", "offset", "silence"],
)
def test_every_kind_of_sound_finds_a_format_that_keeps_it(recording: Recording, sound: np.ndarray) -> None:
    soundfile.write(str(recording.path), np.clip(sound, -32768, 32767).astype("<i2"), RATE, subtype="PCM_16")
    assert compress.compress(recording)
    recording.refresh_from_db()
    assert abs(soundfile.info(str(recording.path)).frames - 10 * RATE) <= compress.FRAME


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The folder of recordings is a disk of its own, of 600 kB. Needs root."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]).returncode:
        pytest.skip("no disk can be mounted here")
    monkeypatch.setitem(instance.__dict__, "recordings", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_costs_nothing(anna: Extension, small_disk: Path) -> None:
    leave(seconds=20)
    keep_recordings("media1")
    recording = Recording.objects.get()
    before = recording.path.read_bytes()
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    assert not compress.compress_or_wait(recording)
    assert recording.path.read_bytes() == before
    assert files() == ["0call0000000a-1.wav", "filler"]
    (small_disk / "filler").unlink()
    assert compress.compress_or_wait(recording)
    assert files() == ["0call0000000a-1.mp3"]


def test_a_crash_before_the_row_changes_begins_anew(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(actions, "do_replace_sound", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            compress.compress(recording)
    assert recording.path.exists()
    assert compress.compress(recording)
    assert files() == ["0call0000000a-1.mp3"]


def test_a_crash_after_the_row_changed_is_cleared_up(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
        compress.compress(recording)
    assert "0call0000000a-1.wav" in files()
    compress.sweep()
    assert "0call0000000a-1.wav" not in files()
    assert recording.path.with_suffix(".mp3").exists()


def test_a_recording_that_is_deleted_meanwhile_leaves_nothing(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = compress.encode

    def encode_slowly(source: Path, target: Path, suffix: str) -> None:
        encode(source, target, suffix)
        Recording.objects.filter(pk=recording.pk).delete()

    monkeypatch.setattr(compress, "encode", encode_slowly)
    assert not compress.compress(recording)
    assert files() == []


def test_a_file_that_is_gone_is_said_to_be_lost(recording: Recording) -> None:
    recording.path.unlink()
    assert not compress.compress(recording)
    recording.refresh_from_db()
    assert recording.state == "lost"


def test_what_could_not_be_compressed_at_once_is_compressed_later(recording: Recording) -> None:
    tend_recordings()
    recording.refresh_from_db()
    assert recording.state == "raw", "it may still be in the hands of the first task"
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=3)):
        tend_recordings()
    recording.refresh_from_db()
    assert recording.state == "compressed"


def test_the_log_of_calls_may_be_written_after_the_recording(recording: Recording) -> None:
    assert not Call.objects.exists()
    Call.objects.create(
        id=recording.call_id, node="media1", caller="100", dialled="101", started=timezone.now()
    )
    assert recording.call.caller == "100"
