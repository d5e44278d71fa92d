"""HTTP by ASGI, as a site of plain functions is served fastest: one thread does a request from its first middleware
to its last, and is there again for the next one, with its connection to the database.

Django's own handler hops between the event loop and a thread at every middleware, makes that thread anew for each
request, and with it the connection: together more than most of our requests cost.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEPT = 16  # threads that wait for the next request; busier moments make more, for as long as they last


class Handler(ASGIHandler):
    """Takes the place of `django.core.asgi.get_asgi_application()`."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"this serves HTTP, not {scope['type']}")
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="web")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            if len(self._idle) < KEPT:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The whole chain of middlewares and the view, in this request's thread."""
        return await sync_to_async(self.get_response)(request)
