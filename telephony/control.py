"""Commands to live calls from anywhere: each goes to the media node that owns the call."""

from __future__ import annotations

from typing import Any

import redis
from celery.exceptions import TimeoutError as NoAnswer
from kombu.exceptions import OperationalError

from pbxsite.instance import instance
from telephony import live
from telephony.engine import commands

ANSWER_SECONDS = 12


class ControlError(RuntimeError):
    """The command was not carried out; the text says why, in words for a person."""


def find_call(call_id: str) -> dict[str, Any]:
    """The live call whose id begins or ends with `call_id`. Raises ControlError."""
    try:
        found = [
            call
            for call in live.live_calls()
            if call["id"].startswith(call_id) or call["id"].endswith(call_id)
        ]
    except redis.RedisError as error:
        raise ControlError(f"Redis cannot be reached: {error}") from error
    if len(found) != 1:
        raise ControlError(
            "There is no such live call." if not found else "More than one call has such an id."
        )
    return found[0]


def command(verb: str, call_id: str, **args: Any) -> Any:
    """Send `verb` (hangup, hold, unhold, transfer, record) to a live call. Raises ControlError."""
    call = find_call(call_id)
    return _ask(call["node"], commands.command, verb, call["id"], args)


def originate(extension: str, number: str, node: str = "") -> str:
    """Ring `extension`, then call `number` for it; the id of the new call. Raises ControlError."""
    return str(_ask(node or instance.node, commands.originate, extension, number))


def _ask(node: str, task: Any, *args: Any) -> Any:
    try:
        # Celery would try for twenty seconds to hear of an answer, and then want the whole process restarted.
        live.client().ping()
        answer = task.apply_async(args, queue=f"media.{node}", retry=False).get(timeout=ANSWER_SECONDS)
    except NoAnswer as error:
        raise ControlError(f"The media node {node} does not answer.") from error
    except (redis.RedisError, OperationalError) as error:
        raise ControlError(f"Redis cannot be reached: {error}") from error
    if not answer["ok"]:
        raise ControlError(answer["error"])
    return answer["result"]
