"""Background work for recordings: compressing, keeping no longer than wanted."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.db.models import F
from django.utils import timezone

from telephony.recordings import actions, compress
from telephony.recordings.models import Recording

COMPRESS_WAITS = datetime.timedelta(minutes=2)


COMPRESS_AT_ONCE = 20


@shared_task(name="recordings.compress_recording", ignore_result=True)
def compress_recording(recording_id: int) -> None:
    """Make an MP3 of a recording that has just ended. What fails now is tried again by `tend_recordings`."""
    recording = Recording.objects.filter(pk=recording_id).first()
    if recording is not None:
        compress.compress_or_wait(recording)


@shared_task(name="recordings.tend_recordings", ignore_result=True)
def tend_recordings() -> None:
    """Every five minutes: compress what could not be compressed at once, and clear up behind a crash."""
    waiting = Recording.objects.filter(
        state=Recording.State.RAW, created__lt=timezone.now() - COMPRESS_WAITS
    ).order_by(F("tried").asc(nulls_first=True), "id")
    for recording in waiting[:COMPRESS_AT_ONCE]:
        compress.compress_or_wait(recording)
    compress.sweep()


@shared_task(name="recordings.purge_recordings", ignore_result=True)
def purge_recordings() -> None:
    """Every hour: remove what has been kept long enough, file and row together."""
    actions.do_purge_recordings()
