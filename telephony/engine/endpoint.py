"""pjsua2 and the event loop that drives it: one thread, one endpoint, every leg.

`threadCnt=0`: nothing happens inside pjsua2 but what this thread's `libHandleEvents` makes happen. The loop
watches pjsip's epoll descriptor, so a message is handled as soon as it is there; a tick drives pjsip's timers.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pjsua2 as pj

from telephony.engine.callbacks import audio_only
from telephony.engine.leg import Leg
from telephony.engine.media import CLOCK_HZ, Nobody, PatchBay, Player
from telephony.engine.orphans import Orphans
from telephony.engine.relay import Relay
from telephony.engine.sip import ANONYMOUS, Invitation, escaped, quoted, read_invitation
from telephony.engine.state import LegState

log = logging.getLogger(__name__)

PUMP_TURNS = 16  # then the flows have their turn, or an overload would starve the calls that are up
TICK = 0.05  # seconds between two looks at pjsip's timers; every message is one as well
# Sound that came in late is played late, at most by so many ms; the bridge would otherwise keep up to half a second.
JITTER_BUFFER = 240
# codecId prefix -> priority; the order in which we offer them. What is not here is switched off.
CODECS = {"opus/48000/2": 240, "G722/16000": 230, "PCMA/8000": 220, "PCMU/8000": 210}
OPUS_BITRATE = 28_000  # bit/s; pjsua2's own choice is a poor 7.5 kbit/s
T1_MS, T2_MS, T4_MS, TD_MS = 100, 1000, 1500, 6000
MAX_PLAUSIBLE_LEGS = 1024
RTP_SILENCE = 15.0  # seconds without a packet before the party is asked whether it is still there
RTP_CHECK = 5.0


@dataclass(frozen=True, slots=True)
class MediaNode:
    """Where this media node listens. Ports 1–65535; RTP ports `rtp_low` to `rtp_high` inclusive."""

    sip_port: int
    edge: str  # host:port of the edge's private socket
    realm: str
    rtp_address: str
    rtp_low: int
    rtp_high: int
    public_address: str = ""
    log_file: str = ""


class _Account(pj.Account):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self._endpoint = endpoint

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        try:
            self._endpoint.incoming(prm.callId, prm.rdata)
        except Exception:
            log.exception("an INVITE could not be handled")


class Endpoint:
    """The one pjsua2 endpoint of this process. Every method belongs to the engine's thread."""

    def __init__(
        self,
        node: MediaNode,
        loop: asyncio.AbstractEventLoop,
        on_invitation: Callable[[Leg, Invitation], None],
        relay: Relay,
    ) -> None:
        self.node = node
        self.loop = loop
        self.patch = PatchBay()
        self.legs: set[Leg] = set()
        self._by_call_id: dict[str, Leg] = {}
        self.on_invitation = on_invitation
        self.relay = relay
        self.ringback: Player
        self.hold_music: Player
        self.account: pj.Account
        self._accounts: dict[tuple[str, str], pj.Account] = {}
        self._pj = pj.Endpoint()
        self._transport = pj.PJSUA_INVALID_ID
        self._ticking: asyncio.TimerHandle | None = None

    # --- life

    def start(self, ringback: Path, hold_music: Path, silence: Path) -> None:
        """Open the sockets. Raises pj.Error when a port is taken."""
        _shorten_timers()
        # Our build leaves out the callbacks that nothing here overrides (build/few_callbacks.patch).
        os.environ["PJSUA2_FEW_CALLBACKS"] = "1"
        self._pj.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = 2
        config.logConfig.consoleLevel = 2 if not self.node.log_file else 0
        config.logConfig.filename = self.node.log_file
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = False
        config.uaConfig.maxCalls = MAX_PLAUSIBLE_LEGS
        config.uaConfig.userAgent = "Kiestoon"
        media = config.medConfig
        media.clockRate = media.sndClockRate = CLOCK_HZ
        media.audioFramePtime = 20
        media.quality = 2
        media.ecTailLen = 0
        media.noVad = True
        media.threadCnt = 1
        media.hasIoqueue = True
        media.maxMediaPorts = 4096
        media.jbMax = JITTER_BUFFER
        self._pj.libInit(config)
        transport = pj.TransportConfig()
        transport.port = self.node.sip_port
        transport.boundAddress = "127.0.0.1"
        self._transport = self._pj.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self._pj.libStart()
        self._pj.audDevManager().setNullDev()
        self._choose_codecs()
        self.account = _Account(self)
        self.account.create(self._account_config())
        self.ringback, self.hold_music = Player(ringback, loop=True), Player(hold_music, loop=True)
        self.patch.silence_source = Player(silence, loop=True)
        self.patch.nobody = Nobody(self._pj.audDevManager().getPlaybackDevMedia())
        self.loop.add_reader(_descriptor(self._pj.libGetSipIoqueueHandle()), self._pump)
        self._tick()
        self._watch = self.loop.create_task(self._watch_sound())

    def _choose_codecs(self) -> None:
        for codec in self._pj.codecEnum2():
            priority = next((p for name, p in CODECS.items() if codec.codecId.startswith(name)), 0)
            self._pj.codecSetPriority(codec.codecId, priority)
        opus = self._pj.getCodecOpusConfig()
        opus.bit_rate, opus.packet_loss, opus.cbr = OPUS_BITRATE, 5, False
        self._pj.setCodecOpusConfig(opus)

    def _account_config(self) -> pj.AccountConfig:
        config = pj.AccountConfig()
        config.idUri = f"sip:kiestoon@{self.node.realm}"
        config.regConfig.registerOnAdd = False
        config.sipConfig.proxies.append(f"sip:{self.node.edge};lr")
        # Else pjsip connects a socket for each leg to see which address it would be sent from.
        config.sipConfig.transportId = self._transport
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        config.callConfig.timerMinSESec = 90
        config.callConfig.timerSessExpiresSec = 600
        config.callConfig.prackUse = pj.PJSUA_100REL_NOT_USED
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = False
        config.natConfig.sdpNatRewriteUse = 0
        config.mediaConfig.lockCodecEnabled = False
        config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
        rtp = config.mediaConfig.transportConfig
        rtp.port = self.node.rtp_low
        rtp.portRange = self.node.rtp_high - self.node.rtp_low
        rtp.boundAddress = self.node.rtp_address
        rtp.publicAddress = self.node.public_address
        return config

    def stop(self) -> None:
        """Close everything. The process must then leave with `os._exit`."""
        if self._ticking is not None:
            self._ticking.cancel()
        self._watch.cancel()
        self.loop.remove_reader(_descriptor(self._pj.libGetSipIoqueueHandle()))
        self._pj.hangupAllCalls()
        deadline = time.monotonic() + 1
        while self.legs and time.monotonic() < deadline:
            self._pj.libHandleEvents(10)

    def _pump(self) -> None:
        for _turn in range(PUMP_TURNS):
            if self._pj.libHandleEvents(0) <= 0:
                return

    def _tick(self) -> None:
        self._pump()
        self._ticking = self.loop.call_later(TICK, self._tick)

    # --- legs

    def incoming(self, call_id: int, request: pj.SipRxData) -> None:
        """pjsua2 has an INVITE."""
        invitation = read_invitation(request.wholeMsg)
        leg = Leg(self, call_id, number=invitation.caller, name=invitation.caller_name)
        leg.state = LegState.INVITED
        leg.extension, leg.device = invitation.extension, invitation.device
        leg.sip_call_id = invitation.call_id
        leg.resumable = invitation.source.startswith("ws")
        self.adopt(leg)
        if not self.is_from_edge(request):
            leg.hang_up(403)
            return
        self.on_invitation(leg, invitation)

    def is_from_edge(self, request: pj.SipRxData) -> bool:
        """Whether the edge sent it: any other program on this machine could call in anybody's name."""
        return bool(request.srcAddress == self.node.edge)

    def dial(
        self,
        number: str,
        *,
        caller: str,
        caller_name: str,
        call_id: str,
        domain: str = "",
        extra: dict[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
        anonymous: bool = False,
    ) -> Leg:
        """Place a call through the edge: to an extension, or to a trunk's `domain` (host:port) with `extra` headers.

        `credentials` (username, password) answer a challenge within the call. `anonymous` hides the
        caller from the called party, not from the provider (RFC 3323, RFC 3325 §7). Raises pj.Error when pjsua2
        cannot (no leg left, a number that is no URI).
        """
        leg = Leg(self, number=number, account=self._account_with(credentials) if credentials else None)
        prm = audio_only()
        options = prm.txOption
        headers = {"X-Kiestoon-Call": call_id, **(extra or {})}
        if caller:
            local = f"{quoted(caller_name)} <sip:{escaped(caller)}@{domain or self.node.realm}>"
            options.localUri = headers["P-Asserted-Identity"] = local
        if anonymous:
            options.localUri = ANONYMOUS
            headers["Privacy"] = "id"
        listed = options.headers
        for name, value in headers.items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            listed.append(header)
        leg.state = LegState.CALLING
        leg.makeCall(f"sip:{escaped(number)}@{domain or self.node.realm}", prm)
        self.adopt(leg)
        return leg

    def _account_with(self, credentials: tuple[str, str]) -> pj.Account:
        """An account like the one, that knows a password; made once."""
        account = self._accounts.get(credentials)
        if account is None:
            config = self._account_config()
            config.sipConfig.authCreds.append(
                pj.AuthCredInfo("digest", "*", credentials[0], 0, credentials[1])
            )
            account = _Account(self)
            account.create(config)
            self._accounts[credentials] = account
        return account

    def adopt(self, leg: Leg) -> None:
        """Keep a reference to a live leg: without one its C++ object would be destroyed."""
        self.legs.add(leg)
        if not leg.sip_call_id:
            leg.sip_call_id = leg.getInfo().callIdString
        # Two may have the same one: a fork somewhere that comes together here, or a forgery.
        self._by_call_id.setdefault(leg.sip_call_id, leg)

    def find(self, sip_call_id: str) -> Leg | None:
        """The live leg with this Call-ID."""
        return self._by_call_id.get(sip_call_id)

    def leg_over(self, leg: Leg) -> None:
        """Let go of a leg, after pjsua2 has finished with it."""
        if self._by_call_id.get(leg.sip_call_id) is leg:
            del self._by_call_id[leg.sip_call_id]
        self.loop.call_soon(self.legs.discard, leg)

    # --- parties that vanish

    async def _watch_sound(self) -> None:
        """Ask a leg without sound whether it is there; no answer ends it (RFC 3261 §12.2.1.2).

        A leg that belonged to no call at two looks is hung up once more: nobody else would ever do it.
        """
        strays: set[Leg] = set()
        orphans = Orphans(MAX_PLAUSIBLE_LEGS)
        while True:
            await asyncio.sleep(RTP_CHECK)
            orphans.end({leg.getId() for leg in self.legs})
            now = time.monotonic()
            before, strays = strays, {leg for leg in self.legs if leg.call is None}
            for leg in strays & before:
                log.warning("a leg to %s outlived its call", leg.number)
                leg.hang_up()
            silent = []
            for leg in list(self.legs):
                if not (leg.alive and leg.answered):
                    continue
                try:
                    packets = leg.getStreamStat(0).rtcp.rxStat.pkt if leg.audio() else leg.packets
                except pj.Error:
                    continue
                if packets != leg.packets:
                    leg.packets, leg.last_heard = packets, now
                else:
                    silent.append(leg)
                    if now - leg.last_heard >= RTP_SILENCE:
                        leg.request("OPTIONS", {})
                await asyncio.sleep(0)
            await self.relay.mend(silent)


def _descriptor(address: int) -> int:
    """The epoll descriptor behind pjsua2's handle, which is the address of an int."""
    return ctypes.c_int.from_address(int(address)).value


def _shorten_timers() -> None:
    """Everything here goes to the edge next door: T1 of 100 ms frees the slot of a dead peer within 6 seconds.

    Words 14–17 of `pjsip_sip_cfg_var` are T1, T2, T4 and TD in ms (RFC 3261 §17, table 4).
    """
    import _pjsua2

    library = ctypes.CDLL(_pjsua2.__file__)
    words = (ctypes.c_uint * 32).in_dll(library, "pjsip_sip_cfg_var")
    if words[14] == 500 and words[15] == 4000:
        words[14], words[15], words[16], words[17] = T1_MS, T2_MS, T4_MS, TD_MS
    else:
        log.warning("pjsip keeps its timers elsewhere; a vanished peer holds its leg for 32 seconds")
