"""The heart of a media node: takes invitations, runs flows, carries out commands."""

from __future__ import annotations

import asyncio
import datetime
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pjsua2 as pj
from django.conf import settings
from django.db import close_old_connections

from live import nodes
from pbxsite.instance import Instance
from telephony import directory as directories
from telephony import routing
from telephony.calls.errors import CommandError
from telephony.calls.usage import Meter
from telephony.engine.busy import Elsewhere, busy_here, one_at_a_time
from telephony.engine.call import Call
from telephony.engine.duties import Duties, Search
from telephony.engine.endpoint import Endpoint, MediaNode
from telephony.engine.events import Command
from telephony.engine.leg import HungUp, Leg
from telephony.engine.publisher import Ledger
from telephony.engine.relay import Relay
from telephony.engine.sip import Invitation
from telephony.engine.state import CallState
from telephony.engine.trunk_responses import end_in_time, readable_invitation
from telephony.routing import codes, directory, outbound_rules
from telephony.routing.entries import Route
from telephony.routing.outbound_rules import is_emergency
from telephony.sound import speech
from telephony.trunks import alerts

log = logging.getLogger(__name__)

Result = TypeVar("Result")

DATABASE_THREADS = 4
SOUND_THREADS = 2
FREE_LEGS_KEPT = 8  # below so many free legs new calls are refused: those that run may still need one
MAX_LEGS = 1000
FREE_BYTES_KEPT = 50_000_000  # below so much free disk nothing is recorded
DRAIN_SECONDS = 60.0
STORE_RETRY = 5.0  # seconds between two attempts to store a message that the database did not take


class Exchange:
    """Calls, legs and the directory of one media node. All on the engine's thread but `submit`."""

    def __init__(self, instance: Instance, loop: asyncio.AbstractEventLoop, duties: Duties) -> None:
        self.duties = duties
        self.services, self.verbs, self.deposit = duties.services, duties.verbs, duties.deposit
        self.recording = duties.recording
        self.instance = instance
        self.name = instance.node
        self.loop = loop
        self.directory = directory.Directory()
        self.single: frozenset[str] = frozenset()  # extensions that take one call at a time
        self.ledger = Ledger(instance.node, instance.var)
        self.calls: dict[str, Call] = {}
        self.parking: dict[str, Call] = {}  # slot -> the call that waits in it
        self.join_tone = Path()
        self._background: set[asyncio.Task[None]] = set()
        self.meter = Meter(instance.node)
        self.draining = False
        self.keeper = duties.recording.keeper(self.name, loop, self.in_thread)
        self._storing: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
        self._sounds = ThreadPoolExecutor(SOUND_THREADS, thread_name_prefix="sound")
        low, high = instance.media_rtp
        everywhere = instance.bind in ("0.0.0.0", "::")  # noqa: S104
        node = MediaNode(
            sip_port=instance.media_port,
            edge=f"127.0.0.1:{instance.core_port}",
            realm=instance.realm,
            rtp_address="" if everywhere else instance.bind,
            rtp_low=low,
            rtp_high=high,
            log_file=str(instance.log / "pjsip.log"),
        )
        relay = Relay(loop, instance.relay_port, instance.relay_rtp)
        self.endpoint = Endpoint(node, loop, self.invited, relay)
        address = f"127.0.0.1:{instance.media_port}"
        self.elsewhere = Elsewhere(
            self.name, address, self.endpoint.legs, lambda: self.single, self.ledger.meet
        )

    # --- life

    async def start(self) -> None:
        """Read the directory, repair what an earlier life left, open the sockets."""
        await self.reload()
        await self.in_thread(nodes.release, self.name)
        self.elsewhere.start()
        await self.in_thread(self.meter.start)
        await self.in_thread(self.ledger.start)
        self.store_later()
        self.keeper.keep()
        sounds = await self.in_thread(lambda: (speech.ringback(), speech.hold_music(), speech.silence()))
        self.join_tone = await self.in_thread(speech.join_tone)
        self.endpoint.start(*sounds)

    async def reload(self) -> None:
        """Read the directory again: something in it has changed."""
        self.directory = await self.in_thread(directories.load)
        self.single = one_at_a_time(self.directory)
        await self.in_thread(self.meter.look)
        self.meter.trust()

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Take no new calls, let those that run end by themselves; after `seconds` end them."""
        self.draining = True
        deadline = self.loop.time() + seconds
        while self.calls and self.loop.time() < deadline:
            tasks = [call.task for call in self.calls.values() if call.task]
            await asyncio.wait(
                tasks, timeout=deadline - self.loop.time(), return_when=asyncio.FIRST_COMPLETED
            )
        for call in list(self.calls.values()):
            for leg in list(call.legs):
                leg.hang_up(503)
        if tasks := [call.task for call in self.calls.values() if call.task]:
            await asyncio.wait(tasks, timeout=2)

    def close(self) -> None:
        """Close the sockets, write what is left."""
        self.endpoint.stop()
        self.ledger.stop()

    # --- calls

    def invited(self, leg: Leg, invitation: Invitation) -> None:
        """The edge passed on an INVITE."""
        # The leg itself is among them.
        if not self._takes(invitation, MAX_LEGS - len(self.endpoint.legs)):
            leg.hang_up(503)
            return
        if invitation.moved:
            self._begin(leg, invitation)
        elif search := self.duties.search(self, invitation):
            self.in_background(self._look_elsewhere(leg, invitation, search))
        elif address := self.elsewhere.node_of(invitation.extension):
            leg.send_on(address)
        else:
            self._begin(leg, invitation)

    def _takes(self, invitation: Invitation, free: int) -> bool:
        """Whether there is room with so many legs free; an emergency call gets what is kept, to the end."""
        if invitation.trunk is None and is_emergency(self._meant(invitation), self.directory.country):
            return free >= 0
        return not self.draining and free >= FREE_LEGS_KEPT

    def _meant(self, invitation: Invitation) -> str:
        """The number that an extension means: a code may stand for it."""
        return codes.meant(self.directory, invitation.extension, invitation.dialled)

    async def _look_elsewhere(self, leg: Leg, invitation: Invitation, search: Search) -> None:
        """What the caller dials may belong to another media node."""
        if address := await self.in_thread(search):
            leg.send_on(address)
        elif leg.alive:
            self._begin(leg, invitation)

    def _begin(self, leg: Leg, invitation: Invitation) -> None:
        if self.duties.resumes(self, leg, invitation):
            return
        trunk = invitation.trunk is not None
        if trunk:
            invitation = readable_invitation(invitation, self.directory)
        call = Call(
            self,
            direction="inbound" if trunk else "internal",
            caller=invitation.caller,
            caller_name=self.directory.name_of(invitation.extension) or invitation.caller_name,
            # The log is about the number that was meant: whoever has it finds the call there.
            dialled=invitation.dialled if trunk else self._meant(invitation),
        )
        leg.name, leg.number = call.caller_name, call.caller
        call.add(leg)
        self.run(call, self.duties.answer(call, leg, invitation))

    def run(self, call: Call, flow: Awaitable[None]) -> None:
        """Run a call's flow to its end; whatever happens, the call ends and is logged."""
        self.calls[call.id] = call
        call.task = self.loop.create_task(self._run(call, flow))

    async def _run(self, call: Call, flow: Awaitable[None]) -> None:
        status = 0
        try:
            await flow
        except HungUp:
            pass
        except Exception as error:
            log.exception("call %s", call.id)
            call.step("error", detail=type(error).__name__)
            if call.outcome == "live":
                call.outcome, call.reason = "failed", type(error).__name__
            status = 500
        finally:
            self.finish(call, status)

    def finish(self, call: Call, status: int = 0) -> None:
        """End what is left of a call and log it. `status` is the answer to a caller not answered yet."""
        now = time.time()
        for leg in call.legs:
            leg.hang_up(0 if leg.outgoing or leg.answered else status)
            leg.ended_at = leg.ended_at or now
        self._refuse_commands(call)
        if call.outcome == "live":
            call.outcome = "answered" if call.answered else "cancelled"
        call.ended = now
        call.move(CallState.ENDED)
        self.ledger.note_end(call)
        self.calls.pop(call.id, None)
        if call.recorder is not None:
            call.recorder.end()
            call.recorder = None
        if call.home is not None and call in call.home.sides:
            call.home.sides.remove(call)
            call.home.changed()
        # No circles are left behind: a garbage collection on another thread must not destroy a leg's C++ half.
        call.home = None
        call.sides.clear()
        call.away.clear()
        for leg in call.legs:
            leg.call = None
        call.legs.clear()

    def _refuse_commands(self, call: Call) -> None:
        while not call.inbox.empty():
            event = call.inbox.get_nowait()
            if isinstance(event, Command) and not event.done.done():
                event.done.set_exception(CommandError("call_ended"))

    # --- commands from other processes

    def submit(self, coroutine: Awaitable[Result], timeout: float = 10.0) -> Result:
        """Run a coroutine on the engine's thread, from any other one, and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout)  # type: ignore[arg-type]

    async def command(self, verb: str, call_id: str, **args: Any) -> Any:
        """Have a call do something. Raises CommandError."""
        return await self.duties.command(self, verb, call_id, args)

    async def originate(self, extension: str, number: str, device: int | str | None = None) -> str:
        """Ring `extension`, then call `number` for it; the call's id. Raises CommandError."""
        return await self.duties.originate(self, extension, number, device)

    # --- help for flows

    def request(
        self,
        *,
        caller: str,
        dialled: str,
        trunk: int | None = None,
        by: str = "",
        diverted: tuple[str, ...] = (),
    ) -> routing.Request:
        """What routing is asked about a call that goes somewhere now."""
        busy: frozenset[str] = frozenset()
        if self.single:
            busy = self.elsewhere.busy | busy_here(self.endpoint.legs, self.single)
        now = datetime.datetime.now(datetime.UTC)
        usage = self.meter.usage()
        return routing.Request(caller, dialled, trunk, by, at=now, busy=busy, usage=usage, diverted=diverted)

    def store_later(self) -> None:
        """Store what was recorded and is no message yet; again and again, until the database takes it."""
        if self._storing is None or self._storing.done():
            self._storing = self.loop.create_task(self._store_waiting())

    async def _store_waiting(self) -> None:
        while True:
            if await self.in_thread(self.duties.store, self.name, self.calls.__contains__):
                return
            await asyncio.sleep(STORE_RETRY)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run beside the flows: short, and nobody waits for it."""
        task = self.loop.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def language_of(self, extension: str) -> str:
        """The language to speak with an extension, or with a caller outside."""
        entry = self.directory.extensions.get(extension)
        return entry.language if entry else settings.LANGUAGE_CODE

    async def in_thread(self, function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run database or file work on another thread."""

        def work() -> Result:
            close_old_connections()
            return function(*args, **kwargs)

        return await self.loop.run_in_executor(self._threads, work)

    async def sound(self, make: Callable[..., Result], *args: Any) -> Result:
        """Have something made that a caller hears. Its threads are its own: with a database that hangs, so that all
        its threads wait, callers must still be told so."""
        return await self.loop.run_in_executor(self._sounds, make, *args)

    def alert(self, code: str, args: dict[str, str | int]) -> None:
        """Have administrators told of a refusal, in good time."""
        self._threads.submit(alerts.tell, code, args)

    def disk_has_room(self, folder: Path) -> bool:
        """Whether something can still be recorded below `folder`."""
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        return shutil.disk_usage(existing).free > FREE_BYTES_KEPT

    def dial_extension(
        self, call: Call, number: str, caller: str, caller_name: str, *, contact: str = ""
    ) -> Leg | None:
        """Ring every device of an extension, or the one registered with `contact`, as one leg; None when no leg
        is left."""
        extra = {"X-Kiestoon-Only": contact} if contact else None
        return self._dial(call, number, caller, caller_name, extension=number, extra=extra)

    def dial_outside(self, call: Call, line: Route, caller: str, *, others: bool = False) -> Leg | None:
        """Call an outside number over one trunk; None when that cannot be tried.

        `caller` is shown where nobody said which number is. With `others` that can be tried next a provider that
        says nothing is given up sooner.
        """
        if refusal := outbound_rules.exceeded(self.directory.outbound, line, self.meter.usage()):
            call.step(refusal.code, **refusal.args)
            return None
        trunk = line.trunk
        port = f":{trunk.port}" if trunk.port not in (None, 5060) else ""
        leg = self._dial(
            call,
            line.number,
            line.caller_id or caller,
            "",
            domain=trunk.domain or trunk.host + port,
            extra={"X-Kiestoon-Trunk": str(trunk.id), **({"X-Kiestoon-Others": "1"} if others else {})},
            credentials=(trunk.username, trunk.password) if trunk.username else None,
            anonymous=line.anonymous,
        )
        if leg is not None:
            leg.trunk, leg.payer = trunk.id, line.payer
            self.meter.begin(leg, line.payer)
            leg.gone.add_done_callback(lambda _gone: self.meter.end(leg))
            if not line.emergency:
                end_in_time(self.loop, leg, self.directory.outbound.longest)
        return leg

    def _dial(
        self,
        call: Call,
        number: str,
        caller: str,
        caller_name: str,
        extension: str = "",
        domain: str = "",
        extra: dict[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
        anonymous: bool = False,
    ) -> Leg | None:
        try:
            leg = self.endpoint.dial(
                number,
                caller=caller,
                caller_name=caller_name,
                call_id=call.id,
                domain=domain,
                extra=extra,
                credentials=credentials,
                anonymous=anonymous,
            )
        except pj.Error as error:
            log.warning("call %s: %s could not be dialled: %s", call.id, number, error.info())
            return None
        leg.extension = extension
        leg.name = self.directory.name_of(extension)
        call.add(leg)
        return leg
