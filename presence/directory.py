"""What routing knows of people's status and rules."""

from __future__ import annotations

from types import MappingProxyType

from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan
from telephony.routing.destination import Destination
from telephony.routing.entries import ExceptionEntry, PresenceEntry
from telephony.routing.opening import Span


def load_presence() -> dict[str, PresenceEntry]:
    """Only extensions with something not as usual; four queries."""
    in_use = {"extension__enabled": True}
    forwardings: dict[str, dict[tuple[str, str, str], Destination]] = {}
    for number, status, source, case, kind, target in Forwarding.objects.filter(**in_use).values_list(
        "extension__number", "status", "source", "case", "kind", "target"
    ):
        forwardings.setdefault(number, {})[status, source, case] = Destination(kind, target)
    exceptions: dict[str, list[ExceptionEntry]] = {}
    for number, kind, target, caller, weekdays, start, end in (
        ForwardingException.objects.filter(enabled=True, **in_use)
        .order_by("position", "id")
        .values_list("extension__number", "kind", "target", "caller", "weekdays", "start", "end")
    ):
        entry = ExceptionEntry(Destination(kind, target), caller, weekdays, start, end)
        exceptions.setdefault(number, []).append(entry)
    spans: dict[str, list[Span]] = {}
    for number, weekday, start, end in (
        WorkingSpan.objects.filter(extension__presence__own_hours=True, **in_use)
        .order_by("weekday", "start")
        .values_list("extension__number", "weekday", "start", "end")
    ):
        spans.setdefault(number, []).append(Span(weekday, start, end))
    columns = ("status", "until", "mobile", "ring_mobile", "accept_multiple", "closed_to_voicemail")
    rows = Presence.objects.filter(**in_use).values_list("extension__number", *columns)
    settings = {number: dict(zip(columns, values, strict=True)) for number, *values in rows}
    return {
        number: PresenceEntry(
            **settings.get(number, {}),
            spans=tuple(spans[number]) if number in spans else None,
            forwardings=MappingProxyType(forwardings.get(number, {})),
            exceptions=tuple(exceptions.get(number, ())),
        )
        for number in {*settings, *forwardings, *exceptions}
    }
