"""Making the edge use the trunks as they are now."""

from __future__ import annotations

import sqlite3

from pbxsite.instance import instance
from telephony import directory
from telephony.edge import config, rpc


def do_apply_trunks() -> None:
    """Write the trunks in use for the edge and let it read them. Raises rpc.EdgeError when that failed."""
    peers = [
        config.TrunkPeer(trunk.id, trunk.host, trunk.port, trunk.username, trunk.password)
        for trunk in directory.load().trunks
    ]
    try:
        config.write_trunks(instance, peers)
    except (OSError, sqlite3.Error) as error:
        raise rpc.EdgeError(str(error)) from error
    rpc.reload_trunks()
