"""What is done with calls and media nodes every minute."""

from __future__ import annotations

import datetime
import time

from celery import shared_task
from django.utils import timezone

import live
from live import nodes
from telephony.calls.blf import close_leftovers
from telephony.calls.models import Call

GRACE = datetime.timedelta(minutes=1)


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
