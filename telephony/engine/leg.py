"""One SIP dialog with one party, as an object that a flow can wait on.

Everything here runs on the engine's thread: pjsua2 calls the `on…` methods from inside `libHandleEvents`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pjsua2 as pj

from telephony.engine.callbacks import audio_only, bye_reason, farewell, guarded, response
from telephony.engine.dialog import NO_CALL, Dialog
from telephony.engine.events import (
    Answered,
    Digit,
    Ended,
    GotEarlyMedia,
    Held,
    Rang,
    Referred,
    Replaced,
    Resumed,
)
from telephony.engine.media import Player, wav_seconds
from telephony.engine.sip import read_invitation, refer_target
from telephony.engine.state import LegState, check_leg

if TYPE_CHECKING:
    from telephony.calls.snapshot import PartyState
    from telephony.engine.call import Call
    from telephony.engine.node import Stack

log = logging.getLogger(__name__)

IDS = itertools.count(1)  # of legs, unique within a media node's life
COMFORT_AFTER = 0.3  # seconds; most legs hear somebody by then
LEAVE_SECONDS = 0.3
SAY_AGAIN = 55.0  # seconds between two provisional answers to a waiting caller
ACTIVE = (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)


class HungUp(Exception):
    """The party that a flow was talking to is gone."""


class Leg(Dialog):
    """A party of a call. `number` and `name` are those of the other end, `extension` if it is one of ours."""

    def __init__(
        self,
        endpoint: Stack[Leg],
        call_id: int = NO_CALL,
        *,
        number: str = "",
        name: str = "",
        account: pj.Account | None = None,
    ) -> None:
        super().__init__(account or endpoint.account, call_id)
        self.endpoint = endpoint
        self._ours = call_id == NO_CALL  # we call, not they
        self.state = LegState.NEW
        self.id = str(next(IDS))
        self.outgoing = call_id == NO_CALL
        self.number = number
        self.name = name
        self.extension = ""
        self.device: int | None = None
        self.trunk: int | None = None  # of a call to outside: the trunk, and the extension that it counts for
        self.payer = ""
        self.call: Call | None = None
        self.status = 0
        self.sip_call_id = ""
        self.started = time.time()
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.held = False
        self.mute_events = False
        self.codec = ""
        self.digits: asyncio.Queue[str] = asyncio.Queue()
        self.gone: asyncio.Future[None] = endpoint.loop.create_future()
        self._audio: pj.AudioMedia | None = None
        self._sounding: Player | None = None
        self._saying: asyncio.TimerHandle | None = None
        self.last_heard = time.monotonic()
        self.packets = -1
        self.doing: PartyState | Literal[""] = ""  # in a conversation; set by its room
        self.doing_since = 0.0  # Unix seconds
        self.resumable = False  # a browser: its page may be loaded again, and then it wants its call back
        self.farewell = ""  # text of the Reason header of the BYE that ended it (RFC 3326)

    # --- what we tell the party

    def ring_back(self) -> None:
        """Let a caller hear that it rings: 180, or a tone once the call is answered."""
        if self.state in (LegState.INVITED, LegState.EARLY):
            self._respond(180)
        elif self.answered:
            self.sound(self.endpoint.ringback)

    def answer(self) -> None:
        """200 OK to a caller; nothing if that was said before."""
        if self.state in (LegState.INVITED, LegState.RINGING, LegState.EARLY):
            self._respond(200)

    def early(self) -> None:
        """183: let a caller hear us without an answer (RFC 3960)."""
        if self.state in (LegState.INVITED, LegState.RINGING):
            self._respond(183)

    def _respond(self, code: int) -> None:
        states = {180: LegState.RINGING, 183: LegState.EARLY, 200: LegState.ANSWERED}
        if not self.alive:
            return
        self._move(states[code])
        self._say(code)

    def _say(self, code: int) -> None:
        """Send a response; a provisional one every minute again, or proxies give the call up (RFC 3261 §13.3.1.1)."""
        self._say_nothing()
        if not self.alive:
            return
        try:
            pj.Call.answer(self, response(code))  # our own `answer` hides pjsua2's
        except pj.Error as error:
            log.warning("%s not sent: %s", code, error.info())
            # Nothing that we say reaches them any more: a leg that is believed to be answered would stay for ever.
            self.hang_up(500)
            return
        if code < 200:
            self._saying = self.endpoint.loop.call_later(SAY_AGAIN, self._say, code)

    def _say_nothing(self) -> None:
        if self._saying is not None:
            self._saying.cancel()
            self._saying = None

    def hang_up(self, status: int = 0, reason: str = "") -> None:
        """End the leg: BYE, CANCEL or the final `status` to an INVITE, whatever fits. Harmless when it is over."""
        if not self.alive:
            return
        if status >= 300:
            self.status = status
        try:
            self.hangup(farewell(status, reason))
        except pj.Error as error:
            log.debug("hang-up: %s", error.info())

    def cancel_elsewhere(self) -> None:
        """End a leg that rings because another one was answered: the phone shows no missed call (RFC 3326)."""
        if not self.answered:
            self.status = 487
        self.hang_up(200, "Call completed elsewhere")

    def send_on(self, address: str) -> None:
        """Have the edge take a caller's INVITE to the media node at this address (host:port) instead."""
        if not self.alive:
            return
        prm = audio_only()
        prm.statusCode = 302
        header = pj.SipHeader()
        header.hName, header.hValue = "X-Kiestoon-Node", address
        prm.txOption.headers.append(header)
        try:
            pj.Call.answer(self, prm)
        except pj.Error as error:
            log.warning("302 not sent: %s", error.info())
            self.hang_up(500)

    def hang_up_soon(self) -> None:
        """Hang up a moment later: a NOTIFY sent just now must not be overtaken by the BYE on its way to the phone."""
        self.endpoint.loop.call_later(LEAVE_SECONDS, self.hang_up)

    # --- sound

    def audio(self) -> pj.AudioMedia | None:
        return self._audio if self.alive else None

    def sound(self, player: Player) -> None:
        """Let the party hear this player until `stop_sound`."""
        self.stop_sound()
        self._sounding = player
        self.endpoint.patch.link(player, self)

    def stop_sound(self) -> None:
        """Stop what `sound` began."""
        if self._sounding is not None:
            self.endpoint.patch.unlink(self._sounding, self)
            self._sounding = None

    async def play(self, *paths: Path, stop_on: str = "") -> str:
        """Play files one after another. A key in `stop_on` stops them and is returned, else "".

        Raises HungUp when the party leaves.
        """
        for path in paths:
            player = Player(path)
            self.endpoint.patch.link(player, self)
            try:
                digit = await self.digit(wav_seconds(path), among=stop_on)
            finally:
                self.endpoint.patch.unlink(player, self)
                self.endpoint.patch.forget(player)
                player.retire(self.endpoint.loop)
            if digit:
                return digit
        return ""

    async def digit(self, timeout: float, among: str = "") -> str:
        """The next key of `among` within `timeout` seconds, or "" (with `among` empty: just wait).

        Other keys are dropped. Raises HungUp when the party leaves.
        """
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if not among:
                await self.until(None, left)
                return ""
            try:
                digit: str = await self.until(self.digits.get(), left)
            except TimeoutError:
                return ""
            if digit in among:
                return digit

    def forget_digits(self) -> None:
        """Drop the keys pressed so far: they were meant for somebody else."""
        while not self.digits.empty():
            self.digits.get_nowait()

    async def until(self, what: Any, timeout: float) -> Any:
        """Wait for `what`, at most `timeout` seconds (TimeoutError; with None just the time passes).

        Raises HungUp when the party leaves first.
        """
        if self.gone.done():
            if asyncio.iscoroutine(what):
                what.close()
            raise HungUp
        task = asyncio.ensure_future(what) if what is not None else None
        waiting: set[asyncio.Future[Any]] = {self.gone, task} if task else {self.gone}
        done, _pending = await asyncio.wait(
            waiting, timeout=max(timeout, 0), return_when=asyncio.FIRST_COMPLETED
        )
        if task is not None and task in done:
            return task.result()
        if task is not None:
            task.cancel()
        if self.gone in done:
            raise HungUp
        if task is not None:
            raise TimeoutError
        return None

    # --- what pjsua2 tells us

    def _move(self, state: LegState) -> None:
        check_leg(self.state, state)
        self.state = state
        if state is LegState.ANSWERED:
            self.answered_at = time.time()
        if self.call is not None:
            self.call.changed()

    def _tell(self, event: Any) -> None:
        if self.call is not None:
            self.call.inbox.put_nowait(event)

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        waiting = self._ours and self.state in (LegState.CALLING, LegState.RINGING, LegState.EARLY)
        if not waiting and self.isActive():
            return  # nothing new, and getInfo is costly
        info = self.getInfo()
        state = info.state
        if state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._over(info, bye_reason(prm))
        elif waiting:
            if state == pj.PJSIP_INV_STATE_EARLY:
                if self.state is LegState.CALLING:
                    self._move(LegState.RINGING)
                    self._tell(Rang(self))
            elif state == pj.PJSIP_INV_STATE_CONNECTING:
                self.resumable = "transport=ws" in info.remoteContact.lower()
                self._move(LegState.ANSWERED)
                self._tell(Answered(self))

    def _over(self, info: pj.CallInfo, farewell: str = "") -> None:
        self.farewell = farewell
        if not self.status or info.lastStatusCode >= 300:
            self.status = info.lastStatusCode
        self.state = LegState.ENDED
        self.ended_at = time.time()
        self._say_nothing()
        self._audio = None
        self.endpoint.patch.forget(self)
        self.endpoint.leg_over(self)
        if not self.gone.done():
            self.gone.set_result(None)
        if self.call is not None:
            self.call.changed()
        self._tell(Ended(self))

    @guarded
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            active = media.status in ACTIVE
            self._audio = self.getAudioMedia(index) if active else None
            held = media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
            self.last_heard = time.monotonic()
            if active:
                self.endpoint.patch.refresh(self)
                self.endpoint.loop.call_later(COMFORT_AFTER, self._comfort)
                if self.state in (LegState.CALLING, LegState.RINGING):
                    # The SDP may be that of a 200: pjsua2 says so only after this.
                    self.endpoint.loop.call_soon(self._early_media)
                if not self.codec:
                    self.codec = self.getStreamInfo(index).codecName
            if held != self.held:
                self.held = held
                self._tell(Held(self) if held else Resumed(self))
            return

    def _comfort(self) -> None:
        if self.alive:
            self.endpoint.patch.comfort(self)

    def _early_media(self) -> None:
        if self.state in (LegState.CALLING, LegState.RINGING) and self.audio() is not None:
            self._move(LegState.EARLY)
            self._tell(GotEarlyMedia(self))

    @guarded
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        self.digits.put_nowait(prm.digit)
        self._tell(Digit(self, prm.digit))

    @guarded
    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:
        target, replaces = refer_target(prm.dstUri)
        if not target or self.call is None or not self.answered:
            prm.statusCode = 400 if not target else 481
            return
        # 299 is our build's word for "accepted, and the application does the rest" (build/refer.patch).
        prm.statusCode = 299
        self.endpoint.loop.call_soon(self._referred, target, replaces)

    def _referred(self, target: str, replaces: str) -> None:
        self.notify_transfer(100, "Trying")
        self._tell(Referred(self, target, replaces))

    @guarded
    def onCallReplaceRequest(self, prm: pj.OnCallReplaceRequestParam) -> None:
        # A talking party may go on with another device of the same extension (RFC 3891).
        prm.statusCode = 403
        by = read_invitation(prm.rdata.wholeMsg).extension
        if by and by == self.extension and self.endpoint.is_from_edge(prm.rdata):
            prm.statusCode = 200 if self.call is not None and self.answered and self.doing else 481

    @guarded
    def onCallReplaced(self, prm: pj.OnCallReplacedParam) -> None:
        other = Leg(self.endpoint, prm.newCallId, number=self.number, name=self.name)
        prm.newCall = other
        other.extension = self.extension
        other.state, other.answered_at = LegState.ANSWERED, time.time()
        self.endpoint.adopt(other)
        if self.call is not None:
            self.call.add(other)  # which hangs it up at its end, whether its flow took it or not
        self._tell(Replaced(self, other))
