"""How much SIP waits to be read: the measure of whether this media node keeps up."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

SO_MEMINFO = 55  # sock_diag(7): memory figures of a socket, the first is what its receive queue takes
# Bytes, a message takes some 2,300 of them. A third of a second behind: a caller waits, but tm does not repeat much.
FULL = 400_000


class Intake:
    """The queue of the UDP socket that pjsip reads. An overload shows there first, before anything is timed out."""

    def __init__(self, port: int) -> None:
        self._socket = _bound_to(port)

    def waiting(self) -> int:
        """Bytes that the kernel holds for pjsip, its own overhead included."""
        if self._socket is None:
            return 0
        (queued,) = struct.unpack_from("I", self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))
        return int(queued)

    def is_full(self) -> bool:
        """Whether a new call would come too late to be worth taking."""
        return self.waiting() > FULL


def _bound_to(port: int) -> socket.socket | None:
    """A second handle on this process's UDP socket with this local port; pjsua2 does not hand it out."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if not str(entry.readlink()).startswith("socket:"):
                continue
            found = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue  # closed meanwhile
        udp = found.type == socket.SOCK_DGRAM and found.family == socket.AF_INET
        if udp and found.getsockname()[1] == port:
            return found
        found.close()
    return None
