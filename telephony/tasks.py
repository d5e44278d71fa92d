"""Background work for telephony."""

from __future__ import annotations

import datetime
import time

from celery import shared_task
from django.db.models import F
from django.utils import timezone

import live
from accounts.models import User
from telephony.calls.models import Call
from telephony.engine import nodes
from telephony.engine.commands import command, originate
from telephony.engine.shown import close_leftovers
from telephony.extensions.browsers import do_purge_browsers
from telephony.recordings import actions, compress
from telephony.recordings.models import Recording
from telephony.sound import speech
from telephony.trunks import alerts

COMPRESS_WAITS = datetime.timedelta(minutes=2)
COMPRESS_AT_ONCE = 20

GRACE = datetime.timedelta(minutes=1)

__all__ = [
    "close_abandoned_calls",
    "close_gone_nodes",
    "command",
    "compress_recording",
    "mail_alert",
    "mail_alert_to",
    "originate",
    "purge_recordings",
    "tend_recordings",
]


@shared_task(name="telephony.close_abandoned_calls", ignore_result=True)
def close_abandoned_calls() -> None:
    """Every minute: calls that no media node knows any more are over; the log says they were lost."""
    alive = {call["id"] for call in live.live_calls()}
    now = timezone.now()
    for row in Call.objects.filter(outcome=Call.Outcome.LIVE, started__lt=now - GRACE).exclude(id__in=alive):
        at = round((now - row.started).total_seconds(), 1)
        row.steps = [*row.steps, {"at": at, "code": "lost", "args": {"node": row.node}}]
        row.outcome, row.ended, row.reason = Call.Outcome.LOST, now, "media node stopped"
        row.save(update_fields=["steps", "outcome", "ended", "reason"])


@shared_task(name="telephony.close_gone_nodes", ignore_result=True)
def close_gone_nodes() -> None:
    """Every minute: what a media node showed that is gone, and has not come back to close it itself, is over."""
    gone = nodes.gone()
    if gone:
        # A node that has just begun may not have given its sign yet, nor one after Redis was away.
        time.sleep(2 * nodes.SIGN)
        for node in gone & nodes.gone():
            close_leftovers(node)


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


@shared_task(name="telephony.sweep_speech", ignore_result=True)
def sweep_speech() -> None:
    """Every day: what was spoken once and is not asked for any more."""
    speech.sweep()


@shared_task(name="telephony.purge_browsers", ignore_result=True)
def purge_browsers() -> None:
    """Every ten minutes: browsers whose secret has run out are no devices any more."""
    do_purge_browsers()


@shared_task(name="telephony.mail_alert", ignore_result=True)
def mail_alert(code: str, args: dict[str, str | int]) -> None:
    """Tell administrators of a call that was refused, or a trunk that is away."""
    administrators = User.objects.filter(is_staff=True, is_active=True).exclude(email="")
    for user_id in administrators.values_list("pk", flat=True):
        mail_alert_to.delay(user_id, code, args)


@shared_task(
    name="telephony.mail_alert_to",
    ignore_result=True,
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=6,
)
def mail_alert_to(user_id: int, code: str, args: dict[str, str | int]) -> None:
    """One of these mails."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        alerts.mail(user, code, args)
