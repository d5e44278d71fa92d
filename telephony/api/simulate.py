"""Who rings if I am called then, from there?"""

from __future__ import annotations

import datetime
from typing import Annotated

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Router
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from api.access import user_of
from api.errors import Refused
from api.shapes import Input, Line
from telephony import directory as directories
from telephony.calls.simulate import SimulationError, read_moment, simulate
from telephony.calls.usage import used_now
from telephony.extensions.selectors import number_of

router = Router(tags=["reachability"])

Dialled = Annotated[Line, StringConstraints(min_length=1, max_length=40)]


class Question(Input):
    """An imagined call: from a number, an extension or "anonymous", to me, at a moment.

    Administrators who may see reachability may ask about every number; at this moment the limits of calls to outside
    count as they are used. A moment is "18:05", "Fri 18:05" or "2026-03-06 18:05"; without one it
    is now. `busy` are extensions that are on a call then.
    """

    caller: Dialled
    called: Dialled | None = None
    at: Annotated[Line, StringConstraints(max_length=40)] = "now"
    busy: Annotated[list[Dialled], Field(max_length=50)] = []


class Outcome(TypedDict):
    """A step, with those that follow from it one `depth` further."""

    kind: str
    depth: int
    code: str
    text: str
    targets: list[str]
    seconds: int


class Forecast(TypedDict):
    """What would happen, in order."""

    at: str
    zone: str
    steps: list[Outcome]


@router.post("/simulate", response=Forecast, summary="Who rings if I am called then?")
def post_simulate(request: HttpRequest, given: Question) -> Forecast:
    user = user_of(request)
    own = number_of(user)
    called = given.called or own
    # Where a colleague's calls go, and to which mobile, is that colleague's.
    if not called or (called != own and not user.has_perm("presence.view_presence")):
        raise Refused("no_right" if own else "no_extension")
    language = translation.get_language() or settings.LANGUAGE_CODE
    directory = directories.load()
    try:
        now = timezone.now()
        at = read_moment(given.at, directory.hours.zone, now)
        usage = used_now() if at == now else None
        steps = simulate(given.caller, called, at, directory, frozenset(given.busy), usage)
    except SimulationError as error:
        raise ValidationError({"at" if given.at in str(error) else "caller": str(error)}) from error
    return {
        "at": at.astimezone(datetime.UTC).isoformat(),
        "zone": directory.hours.zone,
        "steps": [
            {
                "kind": str(step.kind),
                "depth": step.depth,
                "code": step.code,
                "text": step.text(language),
                "targets": list(step.targets),
                "seconds": step.seconds,
            }
            for step in steps
        ],
    }
