"""Arguments of steps in words: statuses, destinations, who calls, durations, moments.

Everything here is told in the language that gettext translates to at that moment: see `catalogue.sentence`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STATUSES: Mapping[str, _StrPromise] = {
    "available": pgettext_lazy("a status", "available"),
    "away": pgettext_lazy("a status", "away"),
    "dnd": pgettext_lazy("a status", "do not disturb"),
    "lunch": pgettext_lazy("a status", "at lunch"),
    "holiday": pgettext_lazy("a status", "on holiday"),
}
# "101 is away"
STATES = {**STATUSES, "dnd": pgettext_lazy("somebody is", "not to be disturbed")}
SOURCES: Mapping[str, _StrPromise] = {
    "internal": gettext_lazy("internal callers"),
    "external": gettext_lazy("callers from outside"),
}
# Kind of a destination; its target follows.
DESTINATIONS: Mapping[str, _StrPromise] = {
    "voicemail": gettext_lazy("voicemail"),
    "extension": pgettext_lazy("before a number", "extension"),
    "mobile": gettext_lazy("my mobile"),
    "outside": gettext_lazy("external number"),
    "system": gettext_lazy("system extension"),
    "busy": gettext_lazy("busy tone"),
}


class Teller(string.Formatter):
    """Fills in a sentence; what people typed is never a format string, and no attribute of it is looked up."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        """Plain names only."""
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """An argument, in words where the sentence says how."""
        text = str(value)
        tell = FORMATS.get(format_spec)
        return tell(text) if tell else str(format(value, format_spec))


def destination(text: str) -> str:
    """A destination ("extension:102", "busy:") in words."""
    kind, _colon, target = text.partition(":")
    if kind == "voicemail" and target:
        return pgettext("where a call goes", "voicemail of {target}").format(target=target)
    return f"{DESTINATIONS.get(kind, kind)} {target}".strip()


def _status(text: str) -> str:
    return str(STATUSES.get(text, text))


def _state(text: str) -> str:
    return str(STATES.get(text, text))


def _source(text: str) -> str:
    return str(SOURCES.get(text, text))


def _moment(text: str) -> str:
    """ "14:00" as it is; a date with a time as "25 Nov 14:00"."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= len("14:00:00"):
        return text
    # Translators: a date and a time, in the letters of Django's date formats.
    return format_date(moment, pgettext("date format", "j M H:i"))


def _seconds(text: str) -> str:
    return ngettext("{count} second", "{count} seconds", _grammatical(text)).format(count=text)


def _minutes(text: str) -> str:
    return ngettext("{count} minute", "{count} minutes", _grammatical(text)).format(count=text)


def _grammatical(count: str) -> int:
    """The number that decides between singular and plural; a fraction is plural."""
    return int(count) if count.isdecimal() else 0


FORMATS = {
    "status": _status,
    "state": _state,
    "source": _source,
    "rule": destination,
    "moment": _moment,
    "seconds": _seconds,
    "minutes": _minutes,
}
