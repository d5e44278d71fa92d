"""Calls: live ones, their log and their story."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from live.audience import everybody
from live.events import LiveCall, Slot
from pbxsite.translate import merge
from telephony.calls import audience, spoken
from telephony.calls.events import (
    CallEvent,
    HiddenEvent,
    LineEvent,
    LoggedEvent,
    LoggedNews,
    ParkingEvent,
    SeenEvent,
    WholeCallNews,
)
from telephony.calls.parking import parked
from telephony.calls.story import basics, call_control, reachability, simulation
from telephony.calls.views import live_call
from telephony.features import EventKind, Feature, MenuEntry, Reader, SnapshotPart


def _live_calls(reader: Reader) -> list[LiveCall]:
    return [seen for call in reader.calls if (seen := live_call(call, reader.number))]


FEATURE = Feature(
    "calls",
    story=merge(basics.SENTENCES, reachability.SENTENCES, simulation.SENTENCES, call_control.SENTENCES),
    prompts=spoken.PROMPTS,
    events=(
        EventKind(LineEvent, LineEvent, audience.line, permission="presence.view_reachability"),
        EventKind(WholeCallNews, CallEvent, audience.call, permission="telephony.view_call"),
        EventKind(LoggedNews, LoggedEvent, audience.logged),
        EventKind(SeenEvent, SeenEvent, own=True),
        EventKind(HiddenEvent, HiddenEvent, own=True),
        EventKind(ParkingEvent, ParkingEvent, everybody),
    ),
    snapshot=(
        SnapshotPart("calls", list[LiveCall], _live_calls),
        SnapshotPart("parking", list[Slot], lambda reader: parked(reader.calls)),
    ),
    tasks=("telephony.calls.tasks", "telephony.engine.tasks"),
    beat={
        "close-gone-nodes": {"task": "telephony.close_gone_nodes", "schedule": 60.0},
        "close-abandoned-calls": {"task": "telephony.close_abandoned_calls", "schedule": 60.0},
    },
    menu=(MenuEntry("now", _("Calls"), "history", "telephony", "call", 10),),
    client=("calls", "simulate"),
    pages=("calls",),
)
