"""The story of a call in plain words: each stored step, in the reader's language.

Every part of the exchange has a catalogue here: code -> English sentence, which gettext translates. The arguments are
those that the step was stored with; `{rule:rule}`, `{status:status}`, `{source:source}`, `{seconds:seconds}`,
`{until:moment}` and the like are told by `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pbxsite.translate import merge
from telephony.calls.story import basics, call_control, outside, reachability, reception, simulation
from telephony.calls.story.catalogue import sentence

__all__ = ["SENTENCES", "merge", "sentence", "tell", "tell_step"]

SENTENCES = merge(
    basics.SENTENCES,
    reachability.SENTENCES,
    reception.SENTENCES,
    outside.SENTENCES,
    simulation.SENTENCES,
    call_control.SENTENCES,
)


def tell_step(step: Mapping[str, Any], language: str) -> str:
    """One stored step as a sentence; an unknown code is shown as it is."""
    return sentence(SENTENCES, str(step["code"]), step.get("args", {}), language)


def tell(steps: Iterable[Mapping[str, Any]], language: str) -> list[str]:
    """Every step as a sentence with the second it happened in, oldest first."""
    return [f"{step.get('at', 0):.1f} s  {tell_step(step, language)}" for step in steps]
