"""Bans, made by the edge and lifted by people."""

from __future__ import annotations

from telephony.edge import rpc
from telephony.edge.models import Ban


def do_lift_ban(ban: Ban) -> None:
    """Let the address in again. Raises rpc.EdgeError when the edge could not be told; the ban then stays."""
    rpc.lift_ban(ban.address)
    ban.delete()
