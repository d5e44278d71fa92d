"""The socket of a web client: lets in users who may listen, then passes on what `api.live.hub` has for them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import redis
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.middleware import lacks_second_factor
from api.live.hub import Member, hub, message
from pbxsite.http.sockets import EXTENSION, Outlet, frame_of
from telephony.extensions.browsers import session_mark
from telephony.extensions.selectors import number_of

SIGN_IN, LATER = 4401, 4503  # why a socket closes: like HTTP's 401 and 503


class ClientConsumer(AsyncWebsocketConsumer):
    """`/ws/client/?since=<event id>`. A "ping" is answered at once; all other messages are ignored."""

    # The hub reads the events; no mailbox in a channel layer is needed beside it.
    channel_layer_alias = ""

    async def connect(self) -> None:
        found = await database_sync_to_async(identify)(self.scope)
        if found is None:
            await self.close()
            return
        await self.accept()
        user, extension, session, proof = found
        # Not there under another server, such as the one of tests.
        self.outlet: Outlet | None = self.scope.get("extensions", {}).get(EXTENSION)
        write = self.outlet.send if self.outlet else None
        self.member = Member(user, extension, session, proof, self.tell, self.end, write)
        since = parse_qs(self.scope["query_string"].decode("ascii", "replace")).get("since")
        try:
            await hub().join(self.member, since[0] if since else None)
        except redis.RedisError:
            await hub().leave(self.member)
            await self.close(LATER)

    async def tell(self, text: str) -> None:
        """One message to the client."""
        if self.outlet:
            self.outlet.send(frame_of(text))
        else:
            await self.base_send({"type": "websocket.send", "text": text})

    async def end(self) -> None:
        """The session is over."""
        if self.outlet:
            self.outlet.push()
        await self.close(SIGN_IN)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data == "ping":
            await self.tell(message(hub().last, []))

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "member"):
            await hub().leave(self.member)


def identify(scope: dict[str, Any]) -> tuple[int, str, str, str] | None:
    """(user, extension, session, proof) of the person; None without a sign-in or without its second factor."""
    user, session = scope.get("user"), scope.get("session")
    if (
        user is None
        or session is None
        or not user.is_authenticated
        or not user.is_active
        or lacks_second_factor(user)
    ):
        return None
    return user.pk, number_of(user), session_mark(str(session.session_key)), user.get_session_auth_hash()
