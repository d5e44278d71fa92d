"""`python -m pbxsite.run.serve`, with daphne's options: daphne, where each WebSocket has its `Outlet`.

Several processes take connections from one listening socket, so that what one is busy with does not keep all waiting:
Python works on one thing at a time in each. This one only watches them; it ends with the first that ends, and its
supervisor starts all anew.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

from pbxsite.run.launch import die_with_parent

BACKLOG = 1024  # connections that wait to be taken
STOP = 8.0  # seconds that each gets to end by itself


def serve(options: list[str]) -> None:
    """Be daphne with these options. Twisted is loaded here: the process that only watches needs none of it."""
    from daphne.cli import CommandLineInterface
    from daphne.server import Server
    from twisted.internet import tcp

    from pbxsite.http import bodies
    from pbxsite.http.sockets import EXTENSION, Outlet

    class WebServer(Server):
        """Puts the outlet where the consumer finds it."""

        def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
            # Under TLS bytes can't go to the socket as they are; here the reverse proxy in front does that.
            if scope["type"] == "websocket" and isinstance(protocol.transport, tcp.Connection):
                scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: Outlet(protocol)}
            return super().create_application(protocol, scope)

    class Command(CommandLineInterface):
        server_class = WebServer

    bodies.limit()
    Command().run(options)


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
    command = [sys.executable, "-m", "pbxsite.run.serve", "--fd", str(listening.fileno()), *options]
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
        serve(options)
        return 0
    return watch(count, known.address or "127.0.0.1", known.port, rest)


if __name__ == "__main__":
    sys.exit(main())
