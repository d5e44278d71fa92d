"""The first page of the administration: is everything well, and what goes on right now."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import redis
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import live
from pbxsite.run.health import check_processes
from telephony.calls.models import Call
from telephony.edge.models import Ban, Registration
from telephony.extensions.models import Device
from voicemail.models import Message

PROCESSES = {
    "web": _("web pages"),
    "database": _("database"),
    "redis": _("live state (Redis)"),
    "edge": _("edge (Kamailio)"),
    "relay": _("media relay (rtpengine)"),
    "media": _("media node"),
    "worker": _("background work"),
    "beat": _("timetable"),
    "agent": _("edge agent"),
}
NEW_BANS = datetime.timedelta(days=1)
LAST_CALLS = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """One number and what it means."""

    title: str
    value: str
    note: str
    url: str
    icon: str


def fill_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the asking person may know; called by unfold."""
    may = request.user.has_perm
    tiles = []
    if may("telephony.view_call"):
        tiles.append(_live_calls())
        context["last_calls"] = Call.objects.all()[:LAST_CALLS]
    if may("telephony.view_registration"):
        tiles.append(_registered())
    if may("voicemail.view_message"):
        tiles.append(_new_messages())
    if may("telephony.view_ban"):
        tiles.append(_new_bans())
    health = check_processes()
    context["tiles"] = tiles
    context["processes"] = [
        {"name": PROCESSES.get(name, name), "ok": state["ok"], "detail": gettext(state["detail"])}
        for name, state in health.items()
    ]
    context["well"] = all(state["ok"] for state in health.values())
    return context


def _live_calls() -> Tile:
    try:
        value, note = str(len(live.live_calls())), gettext("going on right now")
    except redis.RedisError:
        value, note = "–", gettext("unknown: Redis is away")
    return Tile(gettext("Live calls"), value, note, _list("telephony_call", "outcome__exact=live"), "call")


def _registered() -> Tile:
    counted = Registration.objects.aggregate(devices=Count("device", distinct=True))["devices"]
    devices = Device.objects.filter(enabled=True, extension__enabled=True).count()
    note = gettext("of %(devices)d in use") % {"devices": devices}
    return Tile(gettext("Registered phones"), str(counted), note, _list("telephony_registration"), "sensors")


def _new_messages() -> Tile:
    count = Message.objects.filter(heard=None).count()
    return Tile(
        gettext("New messages"),
        str(count),
        gettext("not heard yet"),
        _list("voicemail_message", "heard=no"),
        "voicemail",
    )


def _new_bans() -> Tile:
    count = Ban.objects.filter(since__gt=timezone.now() - NEW_BANS).count()
    return Tile(
        gettext("New bans"), str(count), gettext("in the last 24 hours"), _list("telephony_ban"), "block"
    )


def _list(model: str, query: str = "") -> str:
    url = reverse(f"admin:{model}_changelist")
    return f"{url}?{query}" if query else url
