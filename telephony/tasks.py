"""Background work for telephony."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.utils import timezone

from telephony import live
from telephony.engine.commands import command, originate
from telephony.models import Call

GRACE = datetime.timedelta(minutes=1)

__all__ = ["close_abandoned_calls", "command", "originate"]


@shared_task(ignore_result=True)
def close_abandoned_calls() -> None:
    """Every minute: calls that no media node knows any more are over; the log says they were lost."""
    alive = {call["id"] for call in live.live_calls()}
    now = timezone.now()
    for row in Call.objects.filter(outcome=Call.Outcome.LIVE, started__lt=now - GRACE).exclude(id__in=alive):
        at = round((now - row.started).total_seconds(), 1)
        row.steps = [*row.steps, {"at": at, "code": "lost", "args": {"node": row.node}}]
        row.outcome, row.ended, row.reason = Call.Outcome.LOST, now, "media node stopped"
        row.save(update_fields=["steps", "outcome", "ended", "reason"])
