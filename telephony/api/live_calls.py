"""My calls that go on, and what can be done with them; whatever telephone they are on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field
from typing_extensions import TypedDict

import live
from api.access import extension_of, user_of
from api.errors import Unknown
from api.shapes import CallId, ExtensionNumber, Flag, Input, Key, LegId, Number
from live.events import LiveCall
from telephony.api.rights import check_may
from telephony.calls import control
from telephony.calls.views import live_call
from telephony.extensions.selectors import number_of
from telephony.routing.directory import PARKING

# The log's operations are in it too: what has one address has to be in one router.
router = Router(tags=["calls"])


class Plain(Input):
    """What needs no more words. `voicemail` and `refuse` are for a call that rings at my extension."""

    verb: Literal["hangup", "hold", "unhold", "complete", "cancel", "voicemail", "refuse"]


class ListenIn(Input):
    """Hear a call of others: unheard, heard by `target` alone, or by all. Needs the right."""

    verb: Literal["listen", "whisper", "barge"]
    target: ExtensionNumber | None = None


class Switch(Input):
    """On or off: mute me, record the call, leave a part out of the recording."""

    verb: Literal["mute", "record", "pause"]
    on: Flag


class ToNumber(Input):
    """Transfer at once, ask first, or add to the call."""

    verb: Literal["transfer", "consult", "add"]
    number: Number


class Drop(Input):
    """Take somebody out of the call: by number, or by leg when there are two of one number."""

    verb: Literal["drop"]
    number: Number | None = None
    leg: LegId | None = None


class Park(Input):
    """Put the call in a parking slot; without one in the first that is free."""

    verb: Literal["park"]
    slot: Annotated[str, Field(pattern=f"^({'|'.join(sorted(PARKING))})$")] | None = None


class Move(Input):
    """Go on with the call on another device of mine, or at that number."""

    verb: Literal["move"]
    device: Key | None = None
    number: Number | None = None


class Done(TypedDict):
    """What came of a command: the id of another call where there is one."""

    call: str | None


class Dial(Input):
    """Ring a device of mine first, then call `number` for it; without a device all of them ring."""

    number: Number
    device: Key | Literal["mobile"] | None = None


class PickUp(Input):
    """Take a call that rings elsewhere: at that extension, or anywhere in my group."""

    extension: ExtensionNumber | None = None


@router.get("/calls/live", response=list[LiveCall], summary="My calls that go on")
def list_live(request: HttpRequest) -> list[LiveCall]:
    number = number_of(user_of(request))
    return [seen for call in live.live_calls() if (seen := live_call(call, number))]


@router.post("/calls", response={201: Done}, summary="Call somebody, ringing a device of mine first")
def post_call(request: HttpRequest, given: Dial) -> tuple[int, Done]:
    extension = extension_of(request)
    more: dict[str, Any] = {}
    if given.device == "mobile":
        more["device"] = "mobile"
    elif given.device is not None:
        if not extension.devices.filter(pk=given.device, enabled=True).exists():
            raise Unknown
        more["device"] = given.device
    return 201, {"call": control.originate(extension.number, given.number, **more)}


@router.post("/calls/pickup", response=Done, summary="Take a call that rings elsewhere")
def post_pickup(request: HttpRequest, given: PickUp) -> Done:
    extension = extension_of(request).number
    return {"call": control.pickup(extension, given.extension or "")}


@router.post("/calls/{call_id}/command", response=Done, summary="Do something with a call that goes on")
def post_command(
    request: HttpRequest,
    call_id: CallId,
    given: Annotated[Plain | Switch | ListenIn | ToNumber | Drop | Park | Move, Field(discriminator="verb")],
) -> Done:
    extension = extension_of(request)
    call = next((one for one in live.live_calls() if one["id"] == call_id), None)
    if call is None:
        raise Unknown
    check_may(extension, given.verb, call)
    words = given.model_dump(exclude={"verb"}, exclude_none=True)
    if (device := words.get("device")) and not extension.devices.filter(pk=device, enabled=True).exists():
        raise Unknown
    result = control.command(given.verb, call["id"], extension=extension.number, **words)
    return {"call": result if isinstance(result, str) and result != "ok" else None}
