"""May this person do that with a live call?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.calls import live_parties
from api.errors import Refused, Unknown
from telephony.models import Extension

#: What is done to the calls of others.
TO_OTHERS = frozenset({"listen", "whisper", "barge"})


def check_may(extension: Extension, verb: str, call: Mapping[str, Any]) -> None:
    """Raise Refused when `extension` may not, Unknown when the call is none of its business."""
    if verb in TO_OTHERS:
        if not extension.may_listen_in:
            raise Refused
        return
    if all(party["extension"] != extension.number for party in live_parties(call)):
        raise Unknown
