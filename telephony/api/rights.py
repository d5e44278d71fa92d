"""May this person do that with a live call?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.errors import Refused, Unknown
from telephony.calls import control
from telephony.extensions.models import Extension


def check_may(extension: Extension, verb: str, call: Mapping[str, Any]) -> None:
    """Raise Refused when `extension` may not, Unknown when the call is none of its business."""
    if verb in control.LISTEN:
        if not extension.may_listen_in:
            raise Refused
    elif all(party["extension"] != extension.number for party in call["parties"]):
        raise Unknown
    if refusal := control.why_not(extension, verb, call):
        raise refusal
