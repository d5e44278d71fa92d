"""What the speed dials bring: see `tests.rig.samples`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from accounts.models import User
from speeddial.models import SpeedDial
from tests.rig.samples import Sample


def _rows(user: User) -> Sequence[Model]:
    return [SpeedDial.objects.create(user=user, position=5, number="0201234567", label="Dentist")]


def _apply(snapshot: dict[str, Any], event: dict[str, Any]) -> None:
    snapshot["speed_dials"] = event["speed_dials"]


SAMPLE = Sample(
    bodies={("put", "/speed-dials/{position}"): {"number": "0201234567", "label": "Dentist"}},
    parameters={"position": 5},
    rows=_rows,
    events={"speed_dials": _apply},
    pages=("/settings/speeddial",),
    lists=("speeddial/speeddial",),
)
