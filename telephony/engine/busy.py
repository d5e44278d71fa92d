"""Extensions that are in a call: on this media node from its own legs, on the others from what they show in Redis.

Only asked about extensions that take one call at a time; without such extensions nothing is read or counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

import redis

from live import nodes

if TYPE_CHECKING:
    from telephony.engine.leg import Leg
    from telephony.routing.directory import Directory

EVERY = 1.0  # seconds between two looks at the other nodes


def one_at_a_time(directory: Directory) -> frozenset[str]:
    """The extensions that take one call at a time."""
    return frozenset(number for number, entry in directory.presence.items() if not entry.accept_multiple)


def busy_here(legs: Iterable[Leg], extensions: frozenset[str]) -> set[str]:
    """Those of `extensions` that talk, or call somebody, on this node. On the engine's thread, without any I/O."""
    return {
        leg.extension
        for leg in legs
        if leg.extension in extensions
        and leg.alive
        and (leg.answered or (leg.call is not None and leg.call.role(leg) == "caller"))
    }


class Elsewhere(threading.Thread):
    """Keeps `busy`: the extensions that are in a call on another media node, at most a second old.

    The others learn here that this node lives: `name`, and `address` for SIP. `legs` are its own, `single` says which
    extensions take one call at a time, `meet` is told the names of the other nodes that live.
    """

    def __init__(
        self,
        name: str,
        address: str,
        legs: Collection[Leg],
        single: Callable[[], frozenset[str]],
        meet: Callable[[tuple[str, ...]], None],
    ) -> None:
        super().__init__(name="elsewhere", daemon=True)
        self._node, self._address, self._legs = name, address, legs
        self._single, self._meet = single, meet
        self.busy: frozenset[str] = frozenset()
        self.talks: dict[str, str] = {}  # extension -> address of the other node where it is on a call

    def node_of(self, extension: str) -> str:
        """The address of the node where all calls of this extension are, "" when that is this one or does not matter.

        An extension in a call that makes a second one may want to join the two, which only one node can do.
        """
        address = self.talks.get(extension, "")
        return "" if address and busy_here(self._legs, frozenset({extension})) else address

    def run(self) -> None:
        """Look again and again; with Redis away nobody is known to be busy elsewhere."""
        due = 0.0
        neighbours: dict[str, str] = {}
        while True:
            try:
                if time.monotonic() >= due:
                    due = time.monotonic() + nodes.SIGN
                    nodes.show(self._node, self._address)
                    neighbours = nodes.neighbours(self._node)
                    self._meet(tuple(neighbours))
                self.talks = nodes.talks(neighbours) if neighbours else {}
                self.busy = busy_on(neighbours) if self._single() else frozenset()
            except redis.RedisError:
                self.busy, self.talks = frozenset(), {}
            time.sleep(EVERY)


def busy_on(others: Iterable[str]) -> frozenset[str]:
    """The extensions in calls of these nodes. Raises redis.RedisError."""
    return frozenset(
        leg["extension"]
        for other in others
        for call in nodes.calls_of(other)
        for leg in call["legs"]
        if leg["extension"] and (leg["state"] == "answered" or leg["role"] == "caller")
    )
