"""What every leg needs to talk to pjsua2: parameters to answer with, and a guard around what it calls."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import pjsua2 as pj

from telephony.engine.sip import headers

log = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., Any])


def audio_only() -> pj.CallOpParam:
    """What to offer or answer: one stream of sound. pjsua2 would add one of real-time text (RFC 4103)."""
    prm = pj.CallOpParam(True)
    options = prm.opt
    options.audioCount, options.videoCount, options.textCount = 1, 0, 0
    return prm


@functools.cache
def response(code: int) -> pj.CallOpParam:
    """What `answer` is called with; pjsua2 only reads it, so one for each code does."""
    prm = audio_only()
    prm.statusCode = code
    return prm


@functools.lru_cache(maxsize=64)
def farewell(status: int, reason: str) -> pj.CallOpParam:
    """What `hangup` is called with; pjsua2 only reads it."""
    prm = pj.CallOpParam()
    prm.statusCode, prm.reason = status, reason
    return prm


def bye_reason(prm: pj.OnCallStateParam) -> str:
    """The Reason header (RFC 3326) of the BYE that ended a call, "" when something else did."""
    if prm.e.type != pj.PJSIP_EVENT_TSX_STATE or prm.e.body.tsxState.type != pj.PJSIP_EVENT_RX_MSG:
        return ""
    message = prm.e.body.tsxState.src.rdata.wholeMsg
    return headers(message).get("reason", "") if message.startswith("BYE ") else ""


def guarded(method: Method) -> Method:
    """A Python error must not travel through pjsua2's C++ frames."""

    @functools.wraps(method)
    def call(*args: Any) -> Any:
        try:
            return method(*args)
        except Exception:
            log.exception("in %s", method.__qualname__)

    return call  # type: ignore[return-value]
