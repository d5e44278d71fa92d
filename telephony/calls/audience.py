"""Who hears of telephones, calls and the log, and in which words."""

from __future__ import annotations

from live.audience import News
from live.events import as_text
from telephony.calls.events import (
    LineEvent,
    LoggedNews,
    WholeCallNews,
    call_for_party,
    entry_logged,
    line_changed,
)
from telephony.calls.views import live_call, log_entry, parties_of


def line(event: LineEvent, private: frozenset[str]) -> News:
    """Everybody; of an extension that hides it only the person who has it."""
    extension = event["extension"]
    text = as_text(line_changed(extension, event["state"]))
    return News(some={("extension", extension): text}) if extension in private else News(everybody=text)


def call(event: WholeCallNews, _private: frozenset[str]) -> News:
    """Its parties, each of whom sees it a little differently; a party that left is told that it is over."""
    whole = event["call"]
    return News(
        some={
            ("extension", extension): as_text(call_for_party(whole["id"], live_call(whole, extension)))
            for extension in parties_of(whole)
        }
    )


def logged(event: LoggedNews, _private: frozenset[str]) -> News:
    """Its parties, each with their own entry."""
    return News(
        some={
            ("extension", extension): as_text(
                entry_logged(log_entry(event["call"], extension, event["names"]))
            )
            for extension in event["extensions"]
        }
    )
