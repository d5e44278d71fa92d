"""Sound files that a dead process left, and the silence at the end of a message."""

from __future__ import annotations

import json
import struct
import wave
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.calls.models import Call
from telephony.sound.wav import HEADER, mend_wav, trim_silence
from voicemail.models import Mailbox, Message
from voicemail.recovery import recover_recordings
from voicemail.sidecar import PART, SIDECAR

RATE = 8000
STARTED = 1_790_000_000.0


def write_wav(path: Path, samples: int) -> Path:
    """A finished recording of so many samples, each different from its neighbours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{samples}h", *(number % 30_000 for number in range(samples))))
    return path


def cut_off(path: Path, missing: int = 0) -> Path:
    """As its writer leaves it when it dies: no sizes in the header, the last `missing` bytes not written."""
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = bytes(4)
    path.write_bytes(data[: len(data) - missing])
    return path


def frames(path: Path) -> int:
    with wave.open(str(path)) as file:
        assert len(file.readframes(10**9)) == file.getnframes() * 2
        return file.getnframes()


@given(samples=st.integers(0, 3000), missing=st.integers(0, 5000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_a_recording_that_was_cut_off_anywhere_can_be_played(
    tmp_path: Path, samples: int, missing: int
) -> None:
    missing = min(missing, samples * 2)
    path = cut_off(write_wav(tmp_path / "cut.wav", samples), missing)
    kept = samples - (missing + 1) // 2
    assert mend_wav(path) == kept / RATE
    assert frames(path) == kept


def test_a_mended_recording_is_left_as_it_is(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "whole.wav", 1000)
    before = path.read_bytes()
    assert mend_wav(path) == 1000 / RATE
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"RIFF", b"x" * 100, b"RIFF\0\0\0\0WAVEfmt "])
def test_what_is_no_recording_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no unfinished recording"):
        mend_wav(path)
    assert path.read_bytes() == content


def test_the_silence_that_ended_a_message_is_cut_off(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "message.wav", 10 * RATE)
    spoken = path.read_bytes()[HEADER : HEADER + 3 * RATE * 2]
    trim_silence(path, 7.0)
    assert frames(path) == 3 * RATE
    assert path.read_bytes()[HEADER:] == spoken


def test_cutting_off_more_than_there_is_leaves_nothing(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "short.wav", RATE)
    trim_silence(path, 7.0)
    assert frames(path) == 0


# --- messages of calls that were cut off


def leave(
    box: Mailbox, call_id: str = "0call0000000a", samples: int = 2 * RATE, node: str = "media1"
) -> Path:
    """What a media node that died during a message leaves: the sound and the note beside it."""
    part = cut_off(write_wav(box.folder / f"{call_id}{PART}", samples))
    note = {
        "mailbox": box.pk,
        "call": call_id,
        "node": node,
        "caller": "101",
        "caller_name": "Bram Visser",
        "started": STARTED,
    }
    part.with_name(f"{call_id}{SIDECAR}").write_text(json.dumps(note))
    return part


def test_a_message_that_was_cut_off_is_kept(mailbox: Mailbox) -> None:
    Call.objects.create(
        id="0call0000000a",
        node="media1",
        direction="internal",
        caller="101",
        dialled="100",
        started="2026-01-01T00:00Z",
    )
    leave(mailbox)
    assert recover_recordings("media1")
    message = Message.objects.get()
    assert (message.caller, message.caller_name, message.duration) == ("101", "Bram Visser", 2000)
    assert message.created.timestamp() == STARTED
    assert frames(message.path) == 2 * RATE
    assert sorted(path.name for path in mailbox.folder.iterdir()) == ["0call0000000a.wav"]
    (step,) = Call.objects.get().steps
    assert (step["code"], step["args"]) == ("message_recovered", {"seconds": 2})


def test_recovering_twice_makes_one_message(mailbox: Mailbox) -> None:
    part = leave(mailbox)
    note = part.with_name(part.name.replace(PART, SIDECAR)).read_text()
    recover_recordings("media1")
    # The process died after the row was written and before the note was removed.
    part.with_name(part.name.replace(PART, SIDECAR)).write_text(note)
    recover_recordings("media1")
    assert Message.objects.count() == 1
    assert not list(mailbox.folder.glob(f"*{SIDECAR}"))


def test_less_than_a_second_is_no_message(mailbox: Mailbox) -> None:
    leave(mailbox, samples=RATE // 2)
    assert recover_recordings("media1")
    assert not Message.objects.exists()
    assert not list(mailbox.folder.iterdir())


def test_a_message_that_is_being_spoken_is_left_alone(mailbox: Mailbox) -> None:
    mine = leave(mailbox)
    other = leave(mailbox, "0call0000000b", node="media2")
    assert not recover_recordings("media1", is_live=lambda call_id: call_id == "0call0000000a")
    assert not Message.objects.exists()
    assert mine.exists()
    assert other.exists()


def test_one_note_that_cannot_be_read_does_not_keep_the_others_back(mailbox: Mailbox) -> None:
    mailbox.folder.mkdir(parents=True)
    (mailbox.folder / f"0broken{SIDECAR}").write_text("{")
    (mailbox.folder / f"0empty{SIDECAR}").write_text("{}")
    leave(mailbox)
    recover_recordings("media1")
    assert Message.objects.count() == 1
