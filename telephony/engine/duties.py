"""What an exchange does with calls, as types: the worker hands it in, the exchange only keeps calls and legs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telephony import routing
from telephony.engine.call import Call
from telephony.engine.leg import Leg
from telephony.engine.node import Node, Recording
from telephony.engine.sip import Invitation

# A service with one caller, as a coroutine. What it returns happens to the caller next; None: the call is over.
ServiceFlow = Callable[[Call, Leg, routing.Service], Awaitable[routing.Plan | None]]
# Takes a message; False when none can be taken, and nothing has been said then.
VoicemailFlow = Callable[[Call, Leg, routing.Voicemail], Awaitable[bool]]
# Asks Redis for the address of the media node that has what a caller wants; "" when none has.
Search = Callable[[], str]
Here = Node[Call, Leg]


@dataclass(frozen=True, slots=True)
class Duties:
    """Each is one function; `services` and `verbs` are by name: those of the features too."""

    # The flow of a call that begins.
    answer: Callable[[Call, Leg, Invitation], Awaitable[None]]
    # Whether an INVITE wanted an earlier call back; the leg has it by then, or is refused.
    resumes: Callable[[Here, Leg, Invitation], bool]
    # How to find the other node that has what the caller wants, if there is anything to find.
    search: Callable[[Here, Invitation], Search | None]
    command: Callable[[Here, str, str, dict[str, Any]], Awaitable[Any]]
    originate: Callable[[Here, str, str, int | str | None], Awaitable[str]]
    services: Mapping[str, ServiceFlow]
    # Commands to a conversation, by name.
    verbs: Mapping[str, Callable[..., Any]]
    deposit: VoicemailFlow
    recording: Recording[Call, Leg]
    # Stores messages that the node recorded before, but for calls that are live; False when some have to wait.
    store: Callable[[str, Callable[[str], bool]], bool]
