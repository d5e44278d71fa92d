"""The rows of the call log: written out by hand, since nothing in the exchange writes more often."""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ujson
from django.db import connection, transaction
from django.db.models import Model

from live.events import AnyEvent, EventText
from telephony.calls.models import Call as CallRow
from telephony.calls.models import CallLeg

Snapshot = Mapping[str, Any]


def as_json(what: Any) -> str:
    """What `json.dumps` makes, in a third of its time: every call becomes JSON several times."""
    return ujson.dumps(what, escape_forward_slashes=False)


def event_text(event: AnyEvent) -> EventText:
    """What `live.events.as_text` makes, as fast."""
    return EventText(as_json(event))


def moment(seconds: float) -> datetime.datetime:
    """Unix seconds as an aware datetime."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def perhaps(seconds: float | None) -> datetime.datetime | None:
    """The same for what may not have happened."""
    return None if seconds is None else moment(seconds)


FIELDS = ("direction", "outcome", "reason", "caller", "caller_name", "dialled", "answered_by", "recording")
CALL_COLUMNS = ("id", "node", *FIELDS, "started", "answered", "ended", "steps")
CHANGING = ("outcome", "reason", "answered_by", "recording", "answered", "ended", "steps")
LEG_COLUMNS = (
    *("call_id", "role", "number", "extension", "device"),
    *("started", "answered", "ended", "status", "codec", "trunk", "payer"),
)


def call_row(snapshot: Snapshot) -> list[Any]:
    """The values of CALL_COLUMNS."""
    when = connection.ops.adapt_datetimefield_value
    return [
        snapshot["id"],
        snapshot["node"],
        *(snapshot[name] for name in FIELDS),
        when(moment(snapshot["started"])),
        when(perhaps(snapshot["answered"])),
        when(perhaps(snapshot["ended"])),
        as_json(snapshot["steps"]),
    ]


def leg_rows(snapshot: Snapshot) -> list[list[Any]]:
    """The values of LEG_COLUMNS for each leg of a call that has ended."""
    when = connection.ops.adapt_datetimefield_value
    return [
        [
            *(snapshot["id"], leg["role"], leg["number"], leg["extension"], leg["device"]),
            when(moment(leg["started"])),
            when(perhaps(leg["answered"])),
            when(perhaps(leg["ended"])),
            leg["status"],
            leg["codec"],
            leg.get("trunk"),
            leg.get("payer", ""),
        ]
        for leg in snapshot["legs"]
    ]


def insert(model: type[Model], columns: tuple[str, ...]) -> str:
    """An INSERT statement. Written out because it is the exchange's busiest: the ORM's takes ten times as long."""
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608


def write_calls(snapshots: Sequence[Snapshot], doubtful: Collection[str] = ()) -> None:
    """Store these calls, new or known, and the legs of those that have ended.

    `doubtful`: ids of calls that may have been stored before, legs and all.
    """
    news = ", ".join(f"{column} = excluded.{column}" for column in CHANGING)
    legs = [row for snapshot in snapshots if snapshot["ended"] is not None for row in leg_rows(snapshot)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"{insert(CallRow, CALL_COLUMNS)} ON CONFLICT (id) DO UPDATE SET {news}",
            [call_row(snapshot) for snapshot in snapshots],
        )
        if doubtful:
            again = [snapshot["id"] for snapshot in snapshots if snapshot["id"] in doubtful]
            CallLeg.objects.filter(call_id__in=again).delete()
        if legs:
            cursor.executemany(insert(CallLeg, LEG_COLUMNS), legs)


def add_step(call_id: str, code: str, **args: str | int) -> None:
    """Add a step to the story of a call that is in the log; nothing when it is not there."""
    row = CallRow.objects.filter(pk=call_id).first()
    if row is not None:
        at = round(time.time() - row.started.timestamp(), 1)
        row.steps = [*row.steps, {"at": at, "code": code, "args": args}]
        row.save(update_fields=["steps"])


def finish_lost(node: str, snapshots: list[dict[str, Any]]) -> None:
    """Mark the calls that a dead media node left behind as lost."""
    now = time.time()
    known = {snapshot["id"]: snapshot for snapshot in snapshots}
    for row in CallRow.objects.filter(node=node, outcome=CallRow.Outcome.LIVE).exclude(id__in=known):
        row.outcome, row.ended = CallRow.Outcome.LOST, moment(now)
        row.steps = [
            *row.steps,
            {"at": round(now - row.started.timestamp(), 1), "code": "lost", "args": {"node": node}},
        ]
        row.reason = "media node stopped"
        row.save(update_fields=["outcome", "ended", "steps", "reason"])
    for snapshot in known.values():
        end_lost(node, snapshot, now)
    if known:
        write_calls(list(known.values()))


def end_lost(node: str, snapshot: dict[str, Any], now: float) -> None:
    """Make a live call one that was lost with its media node."""
    step = {"at": round(now - snapshot["started"], 1), "code": "lost", "args": {"node": node}}
    snapshot.update(outcome="lost", ended=now, reason="media node stopped", steps=[*snapshot["steps"], step])
    for leg in snapshot["legs"]:
        leg["ended"] = leg["ended"] or now
