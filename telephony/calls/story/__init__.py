"""The story of a call in plain words: each stored step, in the reader's language.

Every feature hands in a catalogue: code -> English sentence, which gettext translates. The arguments are those that
the step was stored with; `{rule:rule}`, `{status:status}`, `{source:source}`, `{seconds:seconds}`, `{until:moment}`
and the like are told by `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pbxsite.translate import merge
from telephony import features
from telephony.calls.story.catalogue import sentence

__all__ = ["merge", "sentence", "sentences", "tell", "tell_step"]


@cache
def sentences() -> Mapping[str, str]:
    """The catalogues of all features as one. Raises ImproperlyConfigured when a code stands in two of them."""
    return merge(*(feature.story for feature in features.every()))


def tell_step(step: Mapping[str, Any], language: str) -> str:
    """One stored step as a sentence; an unknown code is shown as it is."""
    return sentence(sentences(), str(step["code"]), step.get("args", {}), language)


def tell(steps: Iterable[Mapping[str, Any]], language: str) -> list[str]:
    """Every step as a sentence with the second it happened in, oldest first."""
    return [f"{step.get('at', 0):.1f} s  {tell_step(step, language)}" for step in steps]
