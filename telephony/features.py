"""The contract between the exchange and its features: each room hands itself in by one page, its `feature.py`.

A `feature.py` ends with `FEATURE = Feature(…)`, and the `ready` of its app registers it. What the exchange needs to
know of a feature it asks here: nothing else lists features. `docs/new-feature.md` walks through one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from live.changes import watch
from telephony.routing import codes
from telephony.routing.codes import Code

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from ninja import Router

    from accounts.models import User
    from live.events import AnyEvent
    from telephony.routing.opening import Hours


@dataclass(frozen=True, slots=True)
class NumberKind:
    """What has an internal number: a model with the fields `number` and `name`.

    `taken` says that somebody has a number already, with %(number)s and %(name)s. What is no `person` is a system
    extension: a destination of that kind may lead to it while its field `enabled`, if it has one, is true.
    """

    kind: str
    model: type[Model]
    taken: str | _StrPromise
    person: bool = False


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of live event. `sent` and `read` are TypedDicts with a Literal `kind`.

    `read` is what a web client gets of it, None for one that only pages of the administration hear. `audience` is a
    rule of `live.audience`: who hears it, in which words; without one nobody does, unless it is `own`: told to
    one user alone. `permission` is what somebody needs whose administration page hears of it.
    """

    sent: type[AnyEvent]
    read: type[AnyEvent] | None = None
    audience: Callable[[Any, frozenset[str]], Any] | None = None
    own: bool = False
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a snapshot: a user, the number of their extension or "", their session; every live call as nodes
    show it."""

    user: User
    number: str
    session_key: str
    calls: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SnapshotPart:
    """A field of the snapshot that a web client starts from: its name, its type, and how it is read.

    `read` returns a value of that type, or an `api.conditional.Part` that is the value as JSON.
    """

    name: str
    type: Any
    read: Callable[[Reader], Any]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the administration's navigation: the list of a model, for those who may see it.

    `section` is a key of `pbxsite.unfold.SECTIONS`; lines of a section are sorted by `place`.
    """

    section: str
    title: str | _StrPromise
    icon: str
    app: str
    model: str
    place: int = 100


@dataclass(frozen=True, slots=True)
class Loading:
    """What a directory loader may use: the hours of the departments that keep their own, by the department's id."""

    own_hours: Mapping[int, Hours]


# Reads what routing has to know of a feature: fields of `routing.directory.Directory`, by name. `rooms` holds what is
# for its own codes and flows, by the feature's name: those of all features are put together.
DirectoryLoader = Callable[[Loading], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Feature:
    """All that a room hands in. What it does not have it leaves out."""

    name: str
    #: What has an internal number.
    numbers: tuple[NumberKind, ...] = ()
    #: What an extension can dial for it, beside numbers.
    codes: tuple[Code, ...] = ()
    #: Flows by the name in `routing.Service`, as "module:function": only a media node imports them.
    services: Mapping[str, str] = field(default_factory=dict)
    #: Commands to a conversation, "module:function" as well: what `engine.flows.talk.verbs` has of its own is alike.
    verbs: Mapping[str, str] = field(default_factory=dict)
    #: The flow that takes a message (`engine.duties.VoicemailFlow`), and what stores messages that a node recorded.
    deposit: str = ""
    store: str = ""
    #: What records conversations (`engine.node.Recording`).
    recording: str = ""
    #: Messages for the lamps of phones (MWI): (new, heard) of each extension that has a mailbox.
    messages: Callable[[], Mapping[str, tuple[int, int]]] | None = None
    directory: DirectoryLoader | None = None
    #: Steps of a call's story: code -> English sentence, which gettext translates.
    story: Mapping[str, str] = field(default_factory=dict)
    #: What callers hear: name -> English text, in gettext's context "spoken".
    prompts: Mapping[str, str | _StrPromise] = field(default_factory=dict)
    events: tuple[EventKind, ...] = ()
    snapshot: tuple[SnapshotPart, ...] = ()
    routers: tuple[Router, ...] = ()
    #: Models, also of many-to-many rows, with whose every change the directory is read again.
    watched: tuple[type[Model], ...] = ()
    #: Modules with Celery tasks.
    tasks: tuple[str, ...] = ()
    #: Periodic tasks: name -> entry of Celery's beat schedule.
    beat: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    #: Names by which the web client asks whether it may show the feature.
    client: tuple[str, ...] = ()
    #: First parts of the addresses of its pages in the web client.
    pages: tuple[str, ...] = ()


_registered: dict[str, Feature] = {}


def register(*features: Feature) -> None:
    """Take features in; for `AppConfig.ready`. Raises ImproperlyConfigured when a name is taken."""
    for feature in features:
        if feature.name in _registered:
            raise ImproperlyConfigured(f"two features are called {feature.name}")
        _registered[feature.name] = feature
        codes.add(*feature.codes)
        watch(*feature.watched)


def every() -> tuple[Feature, ...]:
    """All features, in the order of INSTALLED_APPS. Raises AppRegistryNotReady before all of them are in."""
    if not apps.ready:
        # `ready` is only true when each app's own `ready` has run.
        apps.check_apps_ready()
        apps.check_models_ready()
        raise ImproperlyConfigured("features are asked for before all of them are registered")
    return tuple(_registered.values())
