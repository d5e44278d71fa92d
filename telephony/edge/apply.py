"""Making the edge use the trunks as they are now."""

from __future__ import annotations

import sqlite3

from pbxsite.instance import instance
from telephony.edge import rpc, trunks


def do_apply_trunks() -> None:
    """Write the trunks in use for the edge and let it read them. Raises rpc.EdgeError when that failed."""
    try:
        trunks.apply(instance, trunks.read_peers())
    except (OSError, sqlite3.Error) as error:
        raise rpc.EdgeError(str(error)) from error
