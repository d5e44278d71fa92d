"""*30–*34: somebody sets their status from a telephone, and hears that it is set."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DatabaseError

from presence.actions import do_set_status
from telephony import routing
from telephony.extensions.models import Extension
from telephony.sound import speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

log = logging.getLogger(__name__)


async def set_status(call: Call, caller: Leg, step: routing.Service) -> None:
    """Set the status of the extension that calls, say so in its language, hang up."""
    exchange, status = call.exchange, step.target
    caller.answer()
    call.set_answered("status")
    said = f"status_{status}"
    try:
        await exchange.in_thread(_store, caller.extension, status)
    except (DatabaseError, ValidationError) as error:
        log.warning("call %s: the status was not set: %s", call.id, error)
        said = "status_not_set"
        call.step("status_not_set", extension=caller.extension, status=status)
    else:
        call.step("status_set", extension=caller.extension, status=status)
    language = exchange.language_of(caller.extension)
    await caller.play(await exchange.sound(speech.prompt, said, language))
    caller.hang_up()


def _store(extension: str, status: str) -> None:
    do_set_status(Extension.objects.get(number=extension), status)
