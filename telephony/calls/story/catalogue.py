"""A sentence of a catalogue, told in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from pbxsite.translate import reading
from telephony.calls.story.words import Teller


def sentence(catalogue: Mapping[str, str], code: str, args: Mapping[str, object], language: str) -> str:
    """The sentence of `code` with its arguments filled in, its first letter a capital.

    `catalogue` has English texts that are marked with `gettext_noop`. A code that is not in it, or that lacks an
    argument (another version may have stored it), is shown as it is.
    """
    message = catalogue.get(code)
    if message is None:
        return code
    with reading(language):
        try:
            told = Teller().format(gettext(message), **args)
        except (KeyError, IndexError, ValueError):
            return code
    return told[:1].upper() + told[1:]
