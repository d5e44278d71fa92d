"""`python -m pbxsite.run.serve`, with daphne's options: `pbxsite.run.daphne`, in as many processes as are wanted.

Several processes take connections from one listening socket, so that what one is busy with does not keep all waiting:
Python works on one thing at a time in each. This one only watches them; it ends with the first that ends, and its
supervisor starts all anew. It loads nothing of Twisted.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress

from pbxsite.run.launch import die_with_parent

BACKLOG = 1024  # connections that wait to be taken
SERVER = "pbxsite.run.daphne"
STOP = 8.0  # seconds that each gets to end by itself


def listen(address: str, port: int) -> socket.socket:
    """The socket that all of them take connections from. Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening


def watch(count: int, address: str, port: int, options: list[str]) -> int:
    """Run that many until one ends or a signal comes; the exit status. Raises OSError when the port is taken."""
    listening = listen(address, port)
    command = [sys.executable, "-m", SERVER, "--fd", str(listening.fileno()), *options]
    running = [
        subprocess.Popen(command, pass_fds=[listening.fileno()], preexec_fn=die_with_parent)
        for _process in range(count)
    ]
    listening.close()
    # Blocked only now: they would have inherited it. A process that has ended by then is found by the first look.
    awaited = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    asked = False
    while not asked and all(process.poll() is None for process in running):
        asked = signal.sigwait(awaited) != signal.SIGCHLD
    for process in running:
        process.terminate()
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP)
        process.kill()
    return 0 if asked else 1


def main() -> int:
    """KIESTOON_WEB_PROCESSES says how many there are; by default two where there are as many processors."""
    options = sys.argv[1:]
    count = int(os.environ.get("KIESTOON_WEB_PROCESSES", min(2, os.cpu_count() or 1)))
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-b", dest="address", default="")
    parser.add_argument("-p", dest="port", type=int)
    known, rest = parser.parse_known_args(options)
    # daphne takes a listening socket of IPv4 alone.
    if count < 2 or known.port is None or ":" in known.address:
        os.execv(sys.executable, [sys.executable, "-m", SERVER, *options])  # noqa: S606
    return watch(count, known.address or "127.0.0.1", known.port, rest)


if __name__ == "__main__":
    sys.exit(main())
