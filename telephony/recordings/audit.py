"""The log of listening, downloading and deleting of recordings: django-auditlog's entries, never edited."""

from __future__ import annotations

import datetime

from auditlog.models import LogEntry
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from telephony.recordings.models import Recording

LISTENED, DOWNLOADED, DELETED, EXPIRED = "listened", "downloaded", "deleted", "expired"

# A player asks for a recording in many pieces: within this time they are one listening.
ONE_LISTENING = datetime.timedelta(minutes=10)


def note(recording: Recording, what: str, user: User | None, address: str = "") -> None:
    """Write that `user` did this from the IP `address`; without a user, the exchange itself did."""
    action = LogEntry.Action.ACCESS if what in (LISTENED, DOWNLOADED) else LogEntry.Action.DELETE
    if action == LogEntry.Action.ACCESS and _noted_already(recording, what, user, address):
        return
    parties = [str(party) for party in recording.parties.all()]
    LogEntry.objects.log_create(
        recording,
        force_log=True,
        action=action,
        changes={},
        actor=user,
        actor_email=user.email if user else None,
        remote_addr=address or None,
        object_repr=f"{timezone.localtime(recording.started):%Y-%m-%d %H:%M} {', '.join(parties)}",
        additional_data={"what": what},
    )


def _noted_already(recording: Recording, what: str, user: User | None, address: str) -> bool:
    return LogEntry.objects.filter(
        content_type__app_label="telephony",
        content_type__model="recording",
        object_id=recording.pk,
        actor=user,
        remote_addr=address or None,
        additional_data__what=what,
        timestamp__gt=timezone.now() - ONE_LISTENING,
    ).exists()


def address_of(request: HttpRequest) -> str:
    """The IP address that a request came from; behind a proxy of ours, what the proxy saw."""
    seen = request.headers.get("X-Forwarded-For", "") if settings.SESSION_COOKIE_SECURE else ""
    return seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
