"""Arguments of steps in words: statuses, destinations, who calls, moments."""

from __future__ import annotations

import string
from datetime import datetime
from typing import Any

Words = dict[str, tuple[str, str]]

STATUSES: Words = {
    "available": ("beschikbaar", "available"),
    "away": ("afwezig", "away"),
    "dnd": ("niet storen", "do not disturb"),
    "lunch": ("lunchen", "at lunch"),
    "holiday": ("op vakantie", "on holiday"),
}
SOURCES: Words = {
    "internal": ("interne bellers", "internal callers"),
    "external": ("bellers van buiten", "callers from outside"),
}
# kind of destination -> without a target, with one
DESTINATIONS: Words = {
    "voicemail": ("voicemail", "voicemail"),
    "extension": ("toestel", "extension"),
    "mobile": ("mijn mobiel", "my mobile"),
    "outside": ("extern nummer", "external number"),
    "system": ("systeemtoestel", "system extension"),
    "busy": ("bezettoon", "busy tone"),
}
VOICEMAIL_OF = ("voicemail van", "voicemail of")
MONTHS = (
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
)


class Teller(string.Formatter):
    """Fills in a sentence; what people typed is never a format string, and no attribute of it is looked up."""

    def __init__(self, dutch: bool) -> None:
        self.language = 0 if dutch else 1

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        """Plain names only."""
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """An argument, in words where the sentence says how."""
        text = str(value)
        if format_spec == "status":
            return self._word(STATUSES, text)
        if format_spec == "source":
            return self._word(SOURCES, text)
        if format_spec == "rule":
            return self._rule(text)
        if format_spec == "moment":
            return self._moment(text)
        return format(value, format_spec)

    def _word(self, words: Words, key: str) -> str:
        found = words.get(key)
        return found[self.language] if found else key

    def _rule(self, text: str) -> str:
        kind, _colon, target = text.partition(":")
        if kind == "voicemail" and target:
            return f"{VOICEMAIL_OF[self.language]} {target}"
        return f"{self._word(DESTINATIONS, kind)} {target}".strip()

    def _moment(self, text: str) -> str:
        """ "14:00" as it is; a date with a time as "25 nov 14:00"."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        if len(text) <= len("14:00:00"):
            return text
        month = MONTHS[self.language].split()[moment.month - 1]
        return f"{moment.day} {month} {moment:%H:%M}"
