"""A command to a live call that is not carried out."""

from __future__ import annotations


class CommandError(ValueError):
    """A command cannot be carried out; the text says why."""
