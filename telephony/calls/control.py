"""Commands to live calls from anywhere: each goes to the media node that owns the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import redis
from celery import current_app
from celery.exceptions import TimeoutError as NoAnswer
from kombu.exceptions import OperationalError

import live
from live import nodes
from pbxsite.instance import instance
from telephony.calls.errors import CommandError
from telephony.calls.snapshot import HIDDEN
from telephony.routing.codes import PICK_UP

ANSWER_SECONDS = 12
COMMAND_SECONDS = 15  # after which a command that no node took is dropped


# What somebody does with a call that they are in, and what with the calls of others.
OWN = frozenset(
    {
        *("hangup", "hold", "unhold", "mute", "transfer", "consult", "complete", "cancel", "add", "drop"),
        *("park", "move", "record", "pause", "refuse", "voicemail"),
    }
)
LISTEN = frozenset({"listen", "whisper", "barge"})
VERBS = OWN | LISTEN
RINGING_ONLY = frozenset({"refuse", "voicemail"})


class Person(Protocol):
    """The asking extension, with its rights."""

    number: str
    may_listen_in: bool


def may(person: Person, verb: str, call: Mapping[str, Any]) -> bool:
    """Whether `person` may do that with this live call (a `CallSnapshot`)."""
    return why_not(person, verb, call) is None


def why_not(person: Person, verb: str, call: Mapping[str, Any]) -> CommandError | None:
    """Why `person` may not do that with this live call; None when they may.

    Whether it can be done right now is for the call itself to say.
    """
    if verb not in VERBS:
        return CommandError("unknown_verb", verb=verb)
    mine = [party for party in call["parties"] if party["extension"] == person.number]
    if verb in LISTEN:
        if not person.may_listen_in:
            return CommandError("may_not_listen", extension=person.number)
        return CommandError("already_in_call", number=person.number) if mine else None
    if not mine:
        return CommandError("not_in_call", number=person.number)
    if verb != "hangup" and all(party["state"] in HIDDEN for party in mine):
        return CommandError("only_listens", extension=person.number)
    if verb not in RINGING_ONLY and verb != "hangup" and all(party["state"] == "ringing" for party in mine):
        return CommandError("not_answered_by", extension=person.number)
    return None


def find_call(call_id: str) -> dict[str, Any]:
    """The live call whose id begins or ends with `call_id`. Raises CommandError."""
    try:
        found = [
            call
            for call in live.live_calls()
            if call["id"].startswith(call_id) or call["id"].endswith(call_id)
        ]
    except redis.RedisError as error:
        raise CommandError("redis_away", detail=str(error)) from error
    if len(found) != 1:
        raise CommandError("ambiguous_call") if found else CommandError("no_such_call")
    return found[0]


def command(verb: str, call_id: str, **args: Any) -> Any:
    """Have a live call do something; what it answers: "ok", the slot of `park`, the id of the call that is begun.

    `extension` acts, or with listen, whisper and barge listens; whether it may is for `may` to say.
    hold, unhold, complete, cancel, refuse, voicemail, hangup; mute, record, pause (on=True); transfer, consult, add
    (number=); drop (number= or leg=); park (slot=""); move (device= an id, or number=); listen, whisper, barge
    (target="" whose colleague). Raises CommandError.
    """
    call = find_call(call_id)
    return _ask(call["node"], "telephony.command", verb, call["id"], args)


def originate(extension: str, number: str, node: str = "", *, device: int | str | None = None) -> str:
    """Ring `extension`, then call `number` for it; the id of the new call. Raises CommandError.

    `device` rings only that one: a device's id, or "mobile" for the mobile of the extension's owner.
    """
    node = node or nodes.node_of(number) or instance.node
    return str(_ask(node, "telephony.originate", extension, number, device))


def pickup(extension: str, target: str = "") -> str:
    """Ring `extension`, then have it take the call that rings at `target`, or anywhere in its group; the id of the
    new call. Raises CommandError."""
    return originate(extension, f"{PICK_UP}{target}")


def _ask(node: str, task: str, *args: Any) -> Any:
    try:
        # Celery would try for twenty seconds to hear of an answer, and then want the whole process restarted.
        live.client().ping()
        sent = current_app.send_task(
            task, args, queue=f"media.{node}", retry=False, expires=COMMAND_SECONDS, ignore_result=False
        )
        answer = sent.get(timeout=ANSWER_SECONDS)
    except NoAnswer as error:
        raise CommandError("node_away", node=node) from error
    except (redis.RedisError, OperationalError) as error:
        raise CommandError("redis_away", detail=str(error)) from error
    if not answer["ok"]:
        raise CommandError.from_data(answer["error"])
    return answer["result"]
