"""HTTP by ASGI, as a site of plain functions is served fastest: one thread does a request from its first middleware
to its last, and is there again for the next one, with its connection to the database.

Django's own handler hops between the event loop and a thread at every middleware and every signal, makes that thread
anew for each request, and with it the connection: together more than most of our requests cost.
"""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

KEPT = 16  # threads that wait for the next request; busier moments make more, for as long as they last
# Requests that are worked on at once: more of them take Python's lock from each other after every wait for the
# database, and all get slow together. A request that has waited for its turn for PATIENCE seconds goes on
# without: those before it may be waiting for something else, a media node for instance.
AT_ONCE = 3
PATIENCE = 0.25


class Handler(ASGIHandler):
    """Takes the place of `django.core.asgi.get_asgi_application()`."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._idle: list[ThreadPoolExecutor] = []
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"this serves HTTP, not {scope['type']}")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        turn = await self._wait_for_turn()
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="web")
        try:
            loop = asyncio.get_running_loop()
            try:
                response = await loop.run_in_executor(
                    thread, contextvars.copy_context().run, self._answer, scope, body
                )
            finally:
                if turn:
                    self._turns.release()
            await self.send_response(response, send)
            if response.streaming:
                await loop.run_in_executor(thread, response.close)
        except BaseException:
            # The client is gone; the thread may still be at work for it, and no request is to wait behind it.
            thread.shutdown(wait=False)
            raise
        if len(self._idle) < KEPT:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)

    async def _wait_for_turn(self) -> bool:
        """Whether it is a turn, to be released."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._turns.acquire()
        except TimeoutError:
            return False

    def _answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The whole of a request: signals, the chain of middlewares, the view. Only a stream is not read here."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = self.__class__
        body.close()
        if not response.streaming:
            response.close()  # which ends the request, and leaves the content
        return cast(HttpResponseBase, response)
