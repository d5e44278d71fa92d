"""A phone (`Line`) and its calls (`Leg`) on the pjsua2 side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pjsua2 as pj

from tests.rig.phones.message import SipMessage, only_codecs

if TYPE_CHECKING:
    from tests.rig.phones._desk import Desk

STATES = {
    pj.PJSIP_INV_STATE_CALLING: "calling",
    pj.PJSIP_INV_STATE_INCOMING: "incoming",
    pj.PJSIP_INV_STATE_EARLY: "early",
    pj.PJSIP_INV_STATE_CONNECTING: "connecting",
    pj.PJSIP_INV_STATE_CONFIRMED: "confirmed",
    pj.PJSIP_INV_STATE_DISCONNECTED: "disconnected",
}
DIRECTIONS = {
    pj.PJMEDIA_DIR_NONE: "inactive",
    pj.PJMEDIA_DIR_ENCODING: "sendonly",
    pj.PJMEDIA_DIR_DECODING: "recvonly",
    pj.PJMEDIA_DIR_ENCODING_DECODING: "sendrecv",
}


def fields(message: SipMessage) -> dict[str, Any]:
    """A message as the fields of an event."""
    return {"start": message.start, "headers": message.headers, "body": message.body}


def audio_only() -> Any:
    """Parameters of a call with one sound stream; pjsua2 would offer real-time text (RFC 4103) beside it."""
    prm = pj.CallOpParam(True)
    prm.opt.audioCount, prm.opt.videoCount, prm.opt.textCount = 1, 0, 0
    return prm


def with_headers(prm: Any, headers: dict[str, str] | None) -> Any:
    """Add headers to what a CallOpParam will send."""
    vector = pj.SipHeaderVector()
    for name, value in (headers or {}).items():
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        vector.append(header)
    prm.txOption.headers = vector
    return prm


class Line(pj.Account):  # type: ignore[misc, unused-ignore]
    """One account. `manner` says what it does when it is called: ring, answer, busy or stay silent."""

    def __init__(self, desk: Desk, name: str, options: dict[str, Any]) -> None:
        super().__init__()
        self.desk = desk
        self.name = name
        self.codecs: list[str] = options.get("codecs") or []
        self.manner: str = options.get("manner", "ring")
        kind = options.get("transport", "udp")
        transport, self.address = desk.transport(kind, options)
        config = self.config = pj.AccountConfig()
        config.idUri = options["uri"]
        config.sipConfig.transportId = transport
        for proxy in options.get("proxies", []):
            config.sipConfig.proxies.append(proxy)
        if "username" in options:
            credential = pj.AuthCredInfo("digest", "*", options["username"], 0, options["secret"])
            config.sipConfig.authCreds.append(credential)
        if "registrar" in options:
            config.regConfig.registrarUri = options["registrar"]
            config.regConfig.timeoutSec = options.get("expires", 300)
            config.regConfig.retryIntervalSec = 0
            config.regConfig.firstRetryIntervalSec = 0
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = 0
        config.natConfig.sdpNatRewriteUse = 0
        config.natConfig.udpKaIntervalSec = 0
        config.mwiConfig.enabled = False
        config.mediaConfig.transportConfig.port = desk.rtp_port
        config.mediaConfig.transportConfig.portRange = 1000
        config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        config.mediaConfig.lockCodecEnabled = False
        srtp = {"off": 0, "optional": 1, "mandatory": 2}[options.get("srtp", "off")]
        config.mediaConfig.srtpUse = srtp
        config.mediaConfig.srtpSecureSignaling = 0
        config.videoConfig.autoShowIncoming = False
        self.create(config)

    def onRegState(self, prm: Any) -> None:
        self.desk.emit(
            "registered", phone=self.name, code=prm.code, reason=prm.reason, expires=max(0, prm.expiration)
        )

    def onIncomingCall(self, prm: Any) -> None:
        message = SipMessage.parse(prm.rdata.wholeMsg)
        leg = Leg(self, call_id=prm.callId)
        self.desk.emit("incoming", phone=self.name, call=leg.name, **fields(message))
        if self.manner == "ring":
            self.desk.later(0, lambda: leg.respond(180))
        elif self.manner == "busy":
            self.desk.later(0, lambda: leg.respond(486))
        elif self.manner == "answer":
            self.desk.later(0, lambda: leg.respond(180))
            self.desk.later(0.02, lambda: leg.respond(200))

    def onMwiInfo(self, prm: Any) -> None:
        if prm.rdata.wholeMsg:
            self.desk.emit("mwi", phone=self.name, **fields(SipMessage.parse(prm.rdata.wholeMsg)))

    def onInstantMessage(self, prm: Any) -> None:
        self.desk.emit("text", phone=self.name, **fields(SipMessage.parse(prm.rdata.wholeMsg)))

    def watch_mwi(self, on: bool) -> None:
        self.config.mwiConfig.enabled = on
        self.config.regConfig.disableRegOnModify = True
        self.modify(self.config)


class Leg(pj.Call):  # type: ignore[misc, unused-ignore]
    """One call. Audio is connected anew after every re-INVITE; what it plays and records outlives a hold."""

    def __init__(
        self, line: Line, call_id: int = pj.PJSUA_INVALID_ID, codecs: list[str] | None = None
    ) -> None:
        super().__init__(line, call_id)
        self.line = line
        self.desk = line.desk
        self.name = f"c{next(self.desk.names)}"
        self.codecs = codecs or line.codecs
        self.source: Any = None
        self.recorder: Any = None
        self.ended = False
        self.desk.legs[self.name] = self

    @property
    def alive(self) -> bool:
        """Methods of a call without an id abort the process: ask this first."""
        return not self.ended and self.getId() != pj.PJSUA_INVALID_ID

    # -- what the test asks for

    def place(self, to: str, headers: dict[str, str] | None, without_sdp: bool) -> None:
        prm = with_headers(audio_only(), headers)
        if without_sdp:
            prm.opt.flag |= pj.PJSUA_CALL_NO_SDP_OFFER
        self.makeCall(to, prm)

    def respond(self, code: int, reason: str = "", headers: dict[str, str] | None = None) -> None:
        if not self.alive or self.getInfo().state not in (
            pj.PJSIP_INV_STATE_INCOMING,
            pj.PJSIP_INV_STATE_EARLY,
        ):
            return
        prm = with_headers(audio_only(), headers)
        prm.statusCode = code
        prm.reason = reason
        self.answer(prm)

    def drop(self, code: int = 0) -> None:
        if self.alive:
            prm = pj.CallOpParam()
            prm.statusCode = code
            self.hangup(prm)

    def hold(self, on: bool) -> None:
        prm = audio_only()
        if on:
            self.setHold(prm)
        else:
            prm.opt.flag |= pj.PJSUA_CALL_UNHOLD
            self.reinvite(prm)

    def digits(self, digits: str, method: str, duration: int) -> None:
        prm = pj.CallSendDtmfParam()
        prm.digits = digits
        prm.duration = duration
        rfc4733, info = pj.PJSUA_DTMF_METHOD_RFC2833, pj.PJSUA_DTMF_METHOD_SIP_INFO
        prm.method = info if method == "info" else rfc4733
        self.sendDtmf(prm)

    def tones(self, tones: list[tuple[float, float]], loop: bool) -> None:
        """Play (Hz, seconds) one after the other; 0 Hz is silence."""
        generator = pj.ToneGenerator()
        generator.createToneGenerator(8000, 1)
        vector = pj.ToneDescVector()
        for hz, seconds in tones:
            tone = pj.ToneDesc()
            tone.freq1, tone.freq2 = int(hz), 0
            tone.on_msec, tone.off_msec = (int(seconds * 1000), 0) if hz else (0, int(seconds * 1000))
            vector.append(tone)
        generator.play(vector, loop)
        self.play(generator)

    def file(self, path: str, loop: bool) -> None:
        player = pj.AudioMediaPlayer()
        player.createPlayer(path, 0 if loop else pj.PJMEDIA_FILE_NO_LOOP)
        self.play(player)

    def play(self, source: Any) -> None:
        """Make this the sound that the other side hears; None is silence."""
        old, self.source = self.source, source
        audio = self.audio()
        if audio is not None and old is not None:
            old.stopTransmit(audio)
        if audio is not None and source is not None:
            source.startTransmit(audio)
        self.desk.retired.append(old)

    def record(self, path: str) -> None:
        self.stop_recording()
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(path)
        audio = self.audio()
        if audio is not None:
            audio.startTransmit(self.recorder)

    def stop_recording(self) -> None:
        """Drop the recorder: its file is whole when this returns."""
        audio = self.audio()
        if audio is not None and self.recorder is not None:
            audio.stopTransmit(self.recorder)
        self.recorder = None

    def audio(self) -> Any:
        """The call's port on the bridge while its stream runs, else None."""
        if not self.alive:
            return None
        running = (
            pj.PJSUA_CALL_MEDIA_ACTIVE,
            pj.PJSUA_CALL_MEDIA_REMOTE_HOLD,
            pj.PJSUA_CALL_MEDIA_LOCAL_HOLD,
        )
        info = self.getInfo()  # the vector in it dies with it: keep it while looking
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in running:
                return self.getAudioMedia(media.index)
        return None

    def facts(self) -> dict[str, Any]:
        """Codec, direction and packet counts of the running stream; empty without one."""
        if self.audio() is None:
            return {}
        stream, count = self.getStreamInfo(0), self.getStreamStat(0)
        return {
            "codec": stream.codecName,
            "clock": stream.codecClockRate,
            "direction": DIRECTIONS.get(stream.dir, "?"),
            "remote": stream.remoteRtpAddress,
            "received": count.rtcp.rxStat.pkt,
            "lost": count.rtcp.rxStat.loss,
            "reordered": count.rtcp.rxStat.reorder,
            "sent": count.rtcp.txStat.pkt,
        }

    # -- what pjsua2 tells

    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        state = STATES.get(info.state, "null")
        if state == "disconnected":
            self.ended = True
            self.recorder = None
            self.source = None
            self.desk.legs.pop(self.name, None)
            self.desk.retired.append(self)
        self.desk.emit(
            "state", call=self.name, state=state, code=info.lastStatusCode, reason=info.lastReason,
            seconds=info.connectDuration.sec,
        )  # fmt: skip

    def onCallMediaState(self, prm: Any) -> None:
        audio = self.audio()
        if audio is not None:
            self.desk.silence.startTransmit(audio)
            if self.source is not None:
                self.source.startTransmit(audio)
            if self.recorder is not None:
                audio.startTransmit(self.recorder)
        self.desk.emit("media", call=self.name, running=audio is not None, **self.facts())

    def onCallTsxState(self, prm: Any) -> None:
        if prm.e.type != pj.PJSIP_EVENT_TSX_STATE or prm.e.body.tsxState.type != pj.PJSIP_EVENT_RX_MSG:
            return
        text = prm.e.body.tsxState.src.rdata.wholeMsg
        if text:
            self.desk.emit("message", call=self.name, **fields(SipMessage.parse(text)))

    def onDtmfDigit(self, prm: Any) -> None:
        method = "info" if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rfc4733"
        self.desk.emit("digit", call=self.name, digit=prm.digit, method=method, duration=prm.duration)

    def onCallTransferRequest(self, prm: Any) -> None:
        new = Leg(self.line)
        prm.newCall = new
        self.desk.emit("transferred", call=self.name, new=new.name, to=prm.dstUri)

    def onCallTransferStatus(self, prm: Any) -> None:
        self.desk.emit(
            "transfer", call=self.name, code=prm.statusCode, reason=prm.reason, final=bool(prm.finalNotify)
        )

    def onCallReplaceRequest(self, prm: Any) -> None:
        message = SipMessage.parse(prm.rdata.wholeMsg)
        new = Leg(self.line)
        prm.newCall = new
        self.desk.emit("incoming", phone=self.line.name, call=new.name, replaces=self.name, **fields(message))

    def onCallReplaced(self, prm: Any) -> None:
        if prm.newCall is None:
            prm.newCall = Leg(self.line, call_id=prm.newCallId)
        self.desk.emit("replaced", call=self.name)

    def onCallSdpCreated(self, prm: Any) -> None:
        if self.codecs:
            prm.sdp.wholeSdp = only_codecs(prm.sdp.wholeSdp, self.codecs)
