"""`python -m pbxsite.run.daphne`, with daphne's options: daphne, where each WebSocket has its `Outlet`."""

from __future__ import annotations

import sys
from typing import Any

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
    """Daphne's options, for a `WebServer`."""

    server_class = WebServer


if __name__ == "__main__":
    bodies.limit()
    Command().run(sys.argv[1:])
