"""Catalogues of messages (code -> English text, marked with `gettext_noop`) and the language of who reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

FALLBACK = "en"  # the language that all messages are written in

Message = TypeVar("Message")


def merge(*catalogues: Mapping[str, Message]) -> dict[str, Message]:
    """All catalogues as one. Raises ImproperlyConfigured when a code stands in two of them."""
    merged: dict[str, Message] = {}
    for catalogue in catalogues:
        if doubles := merged.keys() & catalogue.keys():
            raise ImproperlyConfigured(f"more than one catalogue has: {', '.join(sorted(doubles))}")
        merged.update(catalogue)
    return merged


def supported(language: str) -> str:
    """The language of `settings.LANGUAGES` for a code such as "nl-be"; English for one that is not there."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return FALLBACK


def reading(language: str) -> translation.override:
    """A context in which gettext translates for a reader of `language`.

    The first use of a language reads its catalogues from disk (some 50 ms): not for the engine's thread.
    """
    return translation.override(supported(language))
