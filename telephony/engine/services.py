"""The flows of a media node, for its exchange: those of the machine, and those of the features by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from pbxsite.translate import merge
from telephony import features
from telephony.engine import commands, redirect
from telephony.engine.duties import Duties, ServiceFlow
from telephony.engine.flows import answer_invitation
from telephony.engine.flows.echo import echo
from telephony.engine.flows.park import retrieve
from telephony.engine.flows.pickup import pick_up
from telephony.engine.flows.resume import resumes


def duties() -> Duties:
    """What the exchange of this process does with calls. Raises ImproperlyConfigured for a flow that is not there."""
    found = features.every()
    of_features = merge(*(feature.services for feature in found))
    services: dict[str, ServiceFlow] = {"echo": echo, "park": retrieve, "pickup": pick_up}
    return Duties(
        answer=answer_invitation,
        resumes=resumes,
        search=redirect.search_for,
        command=commands.command,
        originate=commands.originate,
        services=merge(services, {name: _load(path) for name, path in of_features.items()}),
        verbs={name: _load(path) for name, path in merge(*(one.verbs for one in found)).items()},
        deposit=_load(_only("deposit", [feature.deposit for feature in found])),
        recording=_load(_only("recording", [feature.recording for feature in found]))(),
        store=_load(_only("store", [feature.store for feature in found])),
    )


def _only(what: str, paths: list[str]) -> str:
    named = [path for path in paths if path]
    if len(named) != 1:
        raise ImproperlyConfigured(f"exactly one feature hands in `{what}`, not {len(named)}")
    return named[0]


def _load(path: str) -> Callable[..., Any]:
    """The function that "module:function" names."""
    try:
        function: Callable[..., Any] = import_string(path.replace(":", "."))
    except ImportError as error:
        raise ImproperlyConfigured(f"there is no flow {path}") from error
    return function
