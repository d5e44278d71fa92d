"""The media worker: a Celery worker on the queue `media.<node>` with an exchange inside.

    celery -A telephony.engine.worker worker -Q media.<node> --pool threads

Celery brings the commands and the signals; the engine's own thread owns pjsua2 and runs every call. On SIGTERM
the worker takes no new calls, lets the running ones finish, and leaves.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import threading
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
django.setup()

import redis
from celery import bootsteps
from celery.signals import worker_shutting_down
from kombu import Queue

import live
from pbxsite.celery import app
from pbxsite.instance import instance
from telephony.engine import tasks
from telephony.engine.exchange import DRAIN_SECONDS, Exchange
from telephony.engine.selftest import UnfitError, check_limit
from telephony.engine.services import duties

log = logging.getLogger(__name__)

START_SECONDS = 30


class EngineThread(threading.Thread):
    """The one thread that may call pjsua2."""

    def __init__(self) -> None:
        super().__init__(name="engine", daemon=True)
        self.loop = asyncio.new_event_loop()
        self.exchange = Exchange(instance, self.loop, duties())
        self.ready = threading.Event()
        self.error: BaseException | None = None
        self._drain_seconds = DRAIN_SECONDS

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self.exchange.start())
        except BaseException as error:
            self.error = error
            self.ready.set()
            raise
        self.ready.set()
        self.loop.run_forever()
        self.exchange.close()

    def begin_drain(self) -> None:
        """Refuse new calls from now on."""
        self.exchange.draining = True

    def finish(self, seconds: float) -> None:
        """Wait for the calls to end, at most `seconds`, then close."""
        if not self.is_alive():
            return
        drained = asyncio.run_coroutine_threadsafe(self.exchange.drain(seconds), self.loop)
        try:
            drained.result(seconds + 10)
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.join(15)


class DirectoryWatch(threading.Thread):
    """Has the directory read again when somebody changes it, and after Redis was away."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(name="directory-watch", daemon=True)
        self.exchange = exchange

    def run(self) -> None:
        while True:
            try:
                with live.client().pubsub(ignore_subscribe_messages=True) as channel:
                    channel.subscribe(live.DIRECTORY_CHANGED)
                    self.exchange.ledger.show_again()
                    self._reload()
                    while True:
                        message = channel.get_message(timeout=5.0)
                        if message is not None:
                            # Several changes that come together are read once.
                            while channel.get_message(timeout=0.05) is not None:
                                pass
                            self._reload()
            except redis.RedisError:
                time.sleep(1)

    def _reload(self) -> None:
        try:
            self.exchange.submit(self.exchange.reload(), 30)
            live.client().incr(live.DIRECTORY_READ.format(node=self.exchange.name))
        except Exception:
            log.exception("the directory could not be read; the old one stays")


class EngineStep(bootsteps.StartStopStep):
    """Ties the engine's life to the worker's."""

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        self.thread: EngineThread | None = None
        super().__init__(parent, **kwargs)

    def start(self, parent: Any) -> None:
        """Start the engine; a port that is taken or a broken pjsua2 ends the process with one line."""
        try:
            check_limit()
        except UnfitError as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        self.thread = EngineThread()
        worker_shutting_down.connect(self._begin_drain, weak=False)
        self.thread.start()
        if not self.thread.ready.wait(START_SECONDS) or self.thread.error:
            print(f"the engine did not start: {_explain(self.thread.error)}", file=sys.stderr, flush=True)
            os._exit(1)
        tasks.exchange = self.thread.exchange
        # What is there now stays for good: a collection that walks through all of Django would stop every call
        # for a tenth of a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        DirectoryWatch(self.thread.exchange).start()
        log.info("media node %s takes calls on port %d", instance.node, instance.media_port)

    def _begin_drain(self, **_kwargs: Any) -> None:
        if self.thread is not None:
            self.thread.begin_drain()

    def stop(self, parent: Any) -> None:
        """SIGTERM: drain, close, leave."""
        if self.thread is not None:
            self.thread.finish(float(os.environ.get("KIESTOON_DRAIN_SECONDS", DRAIN_SECONDS)))
            # pjsua2's static objects must not be destroyed by an exiting interpreter.
            logging.shutdown()
            os._exit(0)

    def terminate(self, parent: Any) -> None:
        """SIGQUIT or a second SIGTERM: no waiting."""
        os._exit(1)


def _explain(error: BaseException | None) -> str:
    if error is None:
        return f"no answer within {START_SECONDS} seconds"
    info = getattr(error, "info", None)
    return str(info()) if callable(info) else str(error) or type(error).__name__


app.steps["worker"].add(EngineStep)
app.conf.task_queues = [Queue(instance.media_queue, routing_key=instance.media_queue)]
