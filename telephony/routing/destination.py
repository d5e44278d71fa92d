"""Where a call can be sent: by a forwarding, an inbound number, a key of the receptionist, closing time.

A model that sends calls somewhere has two fields, `<prefix>kind` and `<prefix>target`, and calls `check` in `clean`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OUTSIDE = re.compile(r"\+[0-9]{6,15}|0[0-9]{5,17}|[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Destination:
    """A kind and what it leads to."""

    kind: str
    target: str = ""


VOICEMAIL = Destination("voicemail")
