"""What requests may look like: strict, bounded, and nothing that is not asked for."""

from __future__ import annotations

import datetime
import unicodedata
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

#: The largest id that every database can look up.
LARGEST = 2**63 - 1


class Input(BaseModel):
    """A body: unknown fields are refused, blanks around texts go."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def one_line(text: str) -> str:
    """`text`, if it can be stored and shown on one line. Raises PydanticCustomError."""
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        raise PydanticCustomError("control_characters", "control characters")
    return text


def only_text(value: object) -> object:
    """A moment is written as ISO 8601; the framework would take a number, too. Raises PydanticCustomError."""
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "no text")
    return value


Flag = Annotated[bool, Field(strict=True)]
Moment = Annotated[AwareDatetime, BeforeValidator(only_text, json_schema_input_type=datetime.datetime)]
Line = Annotated[str, AfterValidator(one_line)]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=120)]
Search = Annotated[Line, StringConstraints(max_length=80)]
Message = Annotated[Line, StringConstraints(max_length=140)]
Number = Annotated[Line, StringConstraints(min_length=1, max_length=40)]
CallId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,20}$")]
LegId = Annotated[Line, StringConstraints(min_length=1, max_length=40)]
ExtensionNumber = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{1,5}$")]
Id = Annotated[int, Field(ge=1, le=LARGEST)]  # in an address, where all is text
Key = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]  # in a body
