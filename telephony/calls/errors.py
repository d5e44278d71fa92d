"""A command to a live call that is not carried out: a code with arguments, which travels between processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict, cast

from django.utils.translation import gettext

from telephony.calls.error_sentences import SENTENCES, Code

Arguments = dict[str, str | int]

# A part of the exchange does not answer now: nothing is wrong with the command.
AWAY: frozenset[Code] = frozenset({"redis_away", "node_away", "node_closing"})
# What a phone is told that asked for a transfer (REFER); for all others it is NOT_ACCEPTABLE.
SIP_STATUS: Mapping[Code, int] = {"no_such_call": 481, "not_own_call": 403}
NOT_ACCEPTABLE = 488


class ErrorData(TypedDict):
    """An error as JSON."""

    code: Code
    args: Arguments


class CommandError(Exception):
    """A command cannot be carried out; `code` and `arguments` say why. As text it is an English sentence."""

    def __init__(self, code: Code, **arguments: str | int) -> None:
        super().__init__(code)
        self.code: Code = code
        self.arguments: Arguments = arguments

    def __str__(self) -> str:
        return _fill(SENTENCES.get(self.code, self.code), self.arguments)

    @property
    def away(self) -> bool:
        """Whether a part of the exchange does not answer, rather than that the command was refused."""
        return self.code in AWAY

    @property
    def sip_status(self) -> int:
        """The status for a phone that asked by REFER (RFC 3515)."""
        return SIP_STATUS.get(self.code, NOT_ACCEPTABLE)

    def data(self) -> ErrorData:
        """The error as JSON, for another process."""
        return {"code": self.code, "args": self.arguments}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The error that another process sent."""
        return cls(cast("Code", data["code"]), **data["args"])


def tell(error: CommandError) -> str:
    """The error as a sentence in the active language; a code that is not known stays as it is."""
    sentence = SENTENCES.get(error.code)
    return error.code if sentence is None else _fill(gettext(sentence), error.arguments)


def _fill(sentence: str, arguments: Arguments) -> str:
    try:
        told = sentence.format(**arguments)
    except KeyError:  # another version of the exchange sent it
        return sentence
    return told[:1].upper() + told[1:]
