"""What rooms bring for the tests that look at every operation, event and page: a module for each room, with `SAMPLE`.

Such a test takes them with `every()`; a room that brings none is found by it, too: the test says what is missing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User

Operation = tuple[str, str]  # ("put", "/presence")
#: How every client changes its snapshot by an event.
Apply = Callable[[dict[str, Any], dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """All that a room brings; what it does not have it leaves out."""

    #: A body that is right, for each operation that takes one.
    bodies: Mapping[Operation, Any] = field(default_factory=dict)
    #: What stands for the name of a parameter in an address: of a thing that `rows` makes.
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: Makes a row of each model that has pages in the administration, for this user.
    rows: Callable[[User], Sequence[Model]] = lambda _user: ()
    #: The kinds of event that a snapshot is changed by. The room's own tests prove that they tell all.
    events: Mapping[str, Apply] = field(default_factory=dict)
    #: Its pages in the web client.
    pages: tuple[str, ...] = ()
    #: Its lists in the administration, such as "voicemail/mailbox".
    lists: tuple[str, ...] = ()


def every() -> tuple[Sample, ...]:
    """The samples of all rooms that bring some."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").SAMPLE for name in names)


def bodies() -> dict[Operation, Any]:
    """The bodies of all of them."""
    return {operation: body for sample in every() for operation, body in sample.bodies.items()}


def parameters() -> dict[str, Any]:
    """The parameters of all of them."""
    return {name: value for sample in every() for name, value in sample.parameters.items()}


def pages() -> tuple[str, ...]:
    """The client's pages of all of them."""
    return tuple(page for sample in every() for page in sample.pages)


def lists() -> tuple[str, ...]:
    """The administration's lists of all of them."""
    return tuple(page for sample in every() for page in sample.lists)


def rows(user: User) -> list[Model]:
    """The rows of all of them."""
    return [row for sample in every() for row in sample.rows(user)]


def events() -> dict[str, Apply]:
    """The events of all of them, by kind."""
    return {kind: apply for sample in every() for kind, apply in sample.events.items()}
