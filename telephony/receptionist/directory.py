"""The digital receptionists as the media node sees them: frozen rows for the directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.routing.destination import Destination
from telephony.routing.entries import PromptEntry, ReceptionistEntry
from telephony.routing.opening import Hours
from telephony.sound.models import Prompt


def load_receptionists(hours_of: Callable[[int], Hours | None]) -> Mapping[str, ReceptionistEntry]:
    """Every receptionist in use, by its number; two queries. `hours_of` gives the hours of a department's id."""
    keys: dict[int, dict[str, Destination]] = {}
    for row in ReceptionistKey.objects.filter(receptionist__enabled=True):
        keys.setdefault(row.receptionist_id, {})[row.key] = Destination(row.kind, row.target)
    rows = Receptionist.objects.filter(enabled=True).select_related("welcome", "closed_prompt")
    return {
        row.number: ReceptionistEntry(
            number=row.number,
            name=row.name,
            language=row.language,
            welcome=_prompt(row.welcome),
            closed_prompt=_prompt(row.closed_prompt),
            seconds=row.seconds,
            repeats=row.repeats,
            keys=keys.get(row.pk, {}),
            dial_extension=row.dial_extension,
            name_key=row.name_key,
            closed=_way(row.closed_kind, row.closed_target),
            silent=_way(row.silent_kind, row.silent_target),
            wrong=_way(row.wrong_kind, row.wrong_target),
            hours=hours_of(row.department_id) if row.department_id else None,
        )
        for row in rows
    }


def _prompt(row: Prompt | None) -> PromptEntry | None:
    return row.entry if row else None


def _way(kind: str, target: str) -> Destination | None:
    return Destination(kind, target) if kind else None
