"""The only place where recordings come and go. Each action ends with an event."""

from __future__ import annotations

import datetime
import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import live
from accounts.models import User
from live.later import enqueue
from telephony.extensions.models import Extension
from telephony.recordings import audit
from telephony.recordings.events import recording_changed
from telephony.recordings.models import Recording, RecordingParty, RecordingRule
from telephony.recordings.note import NotedParty, RecordingNote
from telephony.recordings.selectors import hearers_of

log = logging.getLogger(__name__)


def tell(recording: Recording, state: str, users: set[int] | None = None) -> None:
    """Tell lists of recordings; of web clients only those of `users` (the people who may hear it)."""
    live.publish(recording_changed(recording, state, hearers_of(recording) if users is None else users))


def do_keep_recording(path: Path, note: RecordingNote, seconds: float) -> Recording | None:
    """Make the row of a finished WAV; None when it was made before. `note` is what `engine.recording` wrote."""
    stem = path.stem
    if Recording.objects.filter(file__startswith=f"{stem}.").exists():
        return None
    started = datetime.datetime.fromtimestamp(note["started"], datetime.UTC)
    numbers = [party["extension"] for party in note["parties"] if party["extension"]]
    extensions = {row.number: row for row in Extension.objects.filter(number__in=numbers)}
    departments = {row.department_id for row in extensions.values() if row.department_id}
    with transaction.atomic():
        recording = Recording.objects.create(
            call_id=note["call"],
            file=path.name,
            started=started,
            seconds=round(seconds, 3),
            bytes=path.stat().st_size,
            announced=note["announced"],
            asked_by=note["asked_by"],
            expires=started + datetime.timedelta(days=keep_days(departments, note)),
        )
        RecordingParty.objects.bulk_create(
            _party(recording, party, extensions.get(party["extension"])) for party in note["parties"]
        )
    tell(recording, recording.state)
    # Not lost with the broker away: beat's `tend_recordings` asks again.
    enqueue("recordings.compress_recording", recording.pk)
    return recording


def _party(recording: Recording, party: NotedParty, extension: Extension | None) -> RecordingParty:
    return RecordingParty(
        recording=recording,
        number=party["number"][:80],
        name=party["name"][:120],
        extension=party["extension"],
        user_id=extension.user_id if extension else None,
        department_id=extension.department_id if extension else None,
    )


def keep_days(departments: set[int], note: RecordingNote) -> int:
    """How long a recording is kept: the shortest time that a rule about it names, else the setting's."""
    rules = RecordingRule.objects.filter(keep_days__isnull=False).select_related("inbound")
    inbound = {note["inbound"], "+" + note["inbound"].removeprefix("00")} if note["inbound"] else set()
    found = [
        rule.keep_days
        for rule in rules
        if (rule.department_id and rule.department_id in departments)
        or (rule.trunk_id and rule.trunk_id == note["trunk"])
        or (rule.inbound and rule.inbound.number in inbound)
    ]
    return min((days for days in found if days is not None), default=settings.RECORDING_KEEP_DAYS)


def do_replace_sound(recording: Recording, path: Path, checksum: str) -> bool:
    """The recording's file is this MP3 now. False when somebody else was first, or the recording is gone."""
    changed = Recording.objects.filter(pk=recording.pk, state=Recording.State.RAW).update(
        file=path.name, bytes=path.stat().st_size, checksum=checksum, state=Recording.State.COMPRESSED
    )
    if changed:
        tell(recording, Recording.State.COMPRESSED)
    return bool(changed)


def do_note_attempt(recording: Recording) -> None:
    """It could not be compressed now."""
    Recording.objects.filter(pk=recording.pk).update(tried=timezone.now())


def do_mark_lost(recording: Recording) -> None:
    """The file is not there any more."""
    log.error("the sound of recording %s is gone: %s", recording.pk, recording.file)
    Recording.objects.filter(pk=recording.pk).update(state=Recording.State.LOST)
    tell(recording, Recording.State.LOST)


def do_delete_recording(recording: Recording, user: User | None, address: str = "") -> None:
    """Remove a recording; its sound goes with the row, at the commit. Without a user it had expired."""
    hearers = hearers_of(recording)
    with transaction.atomic():
        audit.note(recording, audit.DELETED if user else audit.EXPIRED, user, address)
        pk = recording.pk
        recording.delete()
        recording.pk = pk
    transaction.on_commit(lambda: tell(recording, "deleted", hearers), robust=True)


def do_purge_recordings() -> int:
    """Remove what has been kept long enough; how many."""
    old = list(Recording.objects.filter(expires__lte=timezone.now()).prefetch_related("parties"))
    for recording in old:
        do_delete_recording(recording, None)
    return len(old)
