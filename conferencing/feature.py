"""Conference calls: people are asked to join a call that goes on, and taken out of it."""

from __future__ import annotations

from conferencing import story
from telephony.features import Feature

FEATURE = Feature(
    "conferencing",
    verbs={"add": "conferencing.flow:add", "drop": "conferencing.flow:drop"},
    story=story.SENTENCES,
)
