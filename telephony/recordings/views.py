"""The sound of a recording, for people who may hear it."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pbxsite.http import ranges
from pbxsite.instance import instance
from telephony.recordings import audit
from telephony.recordings.models import Recording
from telephony.recordings.selectors import recordings_for


@require_safe
def play(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    """The file or a range of it (RFC 9110 §14); with `?download=1` for saving.

    403 without a sign-in, 404 without the right to hear it: without the right nobody learns what there is.
    """
    if not request.user.is_authenticated:
        return HttpResponseForbidden(_("Sign in first."), content_type="text/plain; charset=utf-8")
    recording = get_object_or_404(recordings_for(request.user).prefetch_related("parties"), pk=recording_id)
    download = request.GET.get("download") == "1"
    answer = ranges.play(request, recording.path, instance.recordings, file_name(recording), save=download)
    if answer.status_code in (200, 206) and request.method == "GET":
        what = audit.DOWNLOADED if download else audit.LISTENED
        audit.note(recording, what, request.user, audit.address_of(request))
    return answer


def file_name(recording: Recording) -> str:
    """The name of the saved file: when, and the parties."""
    who = " ".join(party.number for party in recording.parties.all())
    when = timezone.localtime(recording.started)
    name = re.sub(r"[^\w .+-]", "", f"{when:%Y-%m-%d %H.%M} {who}").strip()
    return f"{name}{recording.path.suffix}"
