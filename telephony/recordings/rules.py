"""Whether a conversation is recorded: a pure function from the frozen directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telephony.recordings.models import RecordingRule

if TYPE_CHECKING:
    from telephony.routing.directory import Directory
    from telephony.routing.entries import ExtensionEntry


@dataclass(frozen=True, slots=True)
class Wish:
    """What the rules want: to record, and to say so first."""

    record: bool = False
    announce: bool = False


def of_extension(directory: Directory, entry: ExtensionEntry) -> Wish:
    """What is set for an extension itself, else for its department."""
    if not entry.record and entry.department_id is not None:
        announce = directory.recorded_departments.get(entry.department_id)
        if announce is not None:
            return Wish(True, announce)
    return Wish(entry.record, entry.announce)


def wish(directory: Directory, extensions: Iterable[str], trunk: int | None, inbound: str) -> Wish:
    """What the rules say of a conversation between these extensions ("" for a party outside).

    `trunk` is the id of the trunk that the call uses, `inbound` the number of ours that was called, or "". One rule
    that wants it said is enough to have it said.
    """
    found: list[bool] = []
    for number in extensions:
        entry = directory.extensions.get(number)
        if entry is not None and (own := of_extension(directory, entry)).record:
            found.append(own.announce)
    if trunk is not None and trunk in directory.recorded_trunks:
        found.append(directory.recorded_trunks[trunk])
    if inbound:
        for number in (inbound, "+" + inbound.removeprefix("00")):
            if number in directory.recorded_inbound:
                found.append(directory.recorded_inbound[number])
                break
    return Wish(bool(found), any(found))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the database: departments by id, trunks by id, inbound numbers; each says whether to announce."""

    departments: Mapping[int, bool]
    trunks: Mapping[int, bool]
    inbound: Mapping[str, bool]


def load() -> Rules:
    """What is always recorded, beside extensions; one query."""
    rows = list(RecordingRule.objects.filter(record=True).select_related("inbound"))
    return Rules(
        {row.department_id: row.announce for row in rows if row.department_id},
        {row.trunk_id: row.announce for row in rows if row.trunk_id},
        {row.inbound.number: row.announce for row in rows if row.inbound},
    )
