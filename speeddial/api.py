"""My speed dials: which they are, set one, remove one."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StringConstraints

from api.access import extension_of, user_of
from api.errors import Unknown
from api.shapes import Input, Line, Number
from speeddial.actions import do_delete_speed_dial, do_set_speed_dial
from speeddial.events import SpeedDialEntry
from speeddial.models import FIRST, LABEL_LENGTH, LAST, SpeedDial
from speeddial.selectors import shown, speed_dials_of

router = Router(tags=["speed dials"])

Position = Annotated[int, Field(ge=FIRST, le=LAST)]


class NewSpeedDial(Input):
    """What *0 and the position dials from now on."""

    number: Number
    label: Annotated[Line, StringConstraints(max_length=LABEL_LENGTH)] = ""


@router.get("/speed-dials", response=list[SpeedDialEntry], summary="My speed dials")
def list_speed_dials(request: HttpRequest) -> list[SpeedDialEntry]:
    extension_of(request)
    return speed_dials_of(user_of(request))


@router.put("/speed-dials/{position}", response=SpeedDialEntry, summary="Set a speed dial")
def put_speed_dial(request: HttpRequest, position: Position, given: NewSpeedDial) -> SpeedDialEntry:
    extension_of(request)
    return shown(do_set_speed_dial(user_of(request), position, given.number, given.label))


@router.delete("/speed-dials/{position}", response={204: None}, summary="Remove a speed dial")
def delete_speed_dial(request: HttpRequest, position: Position) -> tuple[int, None]:
    extension_of(request)
    row = SpeedDial.objects.filter(user=user_of(request), position=position).select_related("user").first()
    if row is None:
        raise Unknown
    do_delete_speed_dial(row)
    return 204, None
