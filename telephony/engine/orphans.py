"""Calls of pjsua that belong to no leg of ours.

Whether a leg may be replaced (RFC 3891) pjsua asks nobody while that leg is being hung up: it just answers. pjsua2
has no way to see such a call, pjsua itself has.
"""

from __future__ import annotations

import ctypes

import _pjsua2


class Orphans:
    """Ends calls that nobody else would ever end; on the engine's thread, once pjsua runs."""

    def __init__(self, most: int) -> None:
        self._library = ctypes.CDLL(_pjsua2.__file__)
        self._most = most
        self._before: set[int] = set()

    def end(self, ours: set[int]) -> None:
        """Hang up what was not among `ours` (ids) at two looks. What is being hung up already does not mind."""
        ids, count = (ctypes.c_int * self._most)(), ctypes.c_uint(self._most)
        self._library.pjsua_enum_calls(ids, ctypes.byref(count))
        orphans = set(ids[: count.value]) - ours
        for call_id in orphans & self._before:
            self._library.pjsua_call_hangup(call_id, 0, None, None)
        self._before = orphans
