"""The rows of the directory: frozen, so that code with a directory can decide from it undisturbed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING

from telephony.routing.destination import Destination
from telephony.routing.phone_numbers import NumberFormat

if TYPE_CHECKING:
    from telephony.routing.opening import Hours, Span

# (status, "internal" or "external", "always", "no_answer" or "unavailable") -> where to.
Forwardings = Mapping[tuple[str, str, str], Destination]
NO_FORWARDINGS: Forwardings = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ExtensionEntry:
    """An extension as routing sees it; `ring_seconds` in seconds.

    `hours` are those of its department, None where the department keeps the organisation's.
    """

    number: str
    name: str
    language: str
    ring_seconds: int
    voicemail: bool
    record: bool
    id: int = 0
    department: str = ""
    department_id: int | None = None
    hours: Hours | None = None
    announce: bool = False  # that it is recorded is said first
    private: bool = False  # nobody else sees it being on a call, nor takes one that rings there


@dataclass(frozen=True, slots=True)
class ExceptionEntry:
    """A forwarding for certain callers or times, before all other rules.

    `caller` is "" (anybody), a number, a prefix that ends in *, or "anonymous"; `weekdays` are digits, Monday 0, ""
    for all; `start` and `end` in the organisation's time zone, None for all day, over midnight when end <= start.
    """

    destination: Destination
    caller: str = ""
    weekdays: str = ""
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class PresenceEntry:
    """How somebody can be reached. `spans` are their own working hours, None where they keep the office's."""

    status: str = "available"
    until: datetime | None = None
    spans: tuple[Span, ...] | None = None
    mobile: str = ""
    ring_mobile: bool = False
    accept_multiple: bool = True
    closed_to_voicemail: bool = True
    forwardings: Forwardings = field(default_factory=lambda: NO_FORWARDINGS)
    exceptions: tuple[ExceptionEntry, ...] = ()


REACHABLE = PresenceEntry()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A ring group; `ring_seconds` in seconds, for each member when `in_order`."""

    number: str
    name: str
    members: tuple[str, ...]
    ring_seconds: int
    in_order: bool
    voicemail_of: str


@dataclass(frozen=True, slots=True)
class DepartmentEntry:
    """A department that can be called; `closed` is where its calls go outside its hours, and when nobody answers."""

    number: str
    name: str
    members: tuple[str, ...]
    ring_seconds: int
    closed: Destination
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """What callers hear: a file's name under `instance.prompts`, or "" and it is spoken from `text`."""

    file: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ReceptionistEntry:
    """A digital receptionist that can be called.

    `seconds` is how long it waits for a key. `closed` None: it is always open; `silent` None: it says goodbye;
    `wrong` None: as `silent`. `hours` are those of its department, None where it keeps the organisation's.
    """

    number: str
    name: str
    language: str = "nl"
    welcome: PromptEntry | None = None
    closed_prompt: PromptEntry | None = None
    seconds: int = 6
    repeats: int = 2
    keys: Mapping[str, Destination] = field(default_factory=dict)
    dial_extension: bool = False
    name_key: str = ""
    closed: Destination | None = None
    silent: Destination | None = None
    wrong: Destination | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A number that a flow answers: `service` is its name, `reason` the code of the step that says so."""

    number: str
    name: str
    service: str
    reason: str


@dataclass(frozen=True, slots=True)
class InboundEntry:
    """Where a number of ours leads, in and outside office hours; `closed` None: the same."""

    number: str
    destination: Destination
    closed: Destination | None = None
    trunk: int = 0


@dataclass(frozen=True, slots=True)
class TrunkEntry:
    """A provider's peer."""

    id: int
    name: str
    host: str
    port: int | None  # None: the host is a domain
    caller_id: str
    username: str
    password: str = field(repr=False)
    domain: str = ""  # the part of an address after the @, "" for the host
    number_format: str = NumberFormat.E164
    show_original: bool = False  # a forwarded call shows who called, where the provider allows that


@dataclass(frozen=True, slots=True)
class Route:
    """One way to call an outside number: the trunk, the number as sent, and the number that the called party sees."""

    trunk: TrunkEntry
    number: str
    caller_id: str = ""
    anonymous: bool = False
    payer: str = ""  # the extension that it counts for
    emergency: bool = False  # no limit stands in its way


@dataclass(frozen=True, slots=True)
class Mobile:
    """A mobile that rings beside somebody's phones; with `confirm` it counts only after a 1 is pressed."""

    extension: str
    number: str
    lines: tuple[Route, ...]
    confirm: bool = True
