"""The pjsua2 side of the phones: one endpoint, a `Line` for each phone, a `Leg` for each call.

Everything here runs on the one thread that calls `libHandleEvents`; only `Desk.emit` and `Desk.post` are
called from elsewhere.
"""

from __future__ import annotations

import heapq
import itertools
import json
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

from tests.rig.phones.hearing import write_tones

CLOCK_RATE = 8000  # Hz of the conference bridge
CODECS = {"PCMA/8000": 200, "PCMU/8000": 190, "G722/16000": 180, "opus/48000": 170}


class Desk:
    """The endpoint of this process and all that lives on it."""

    def __init__(self, out: int, log: Path, rtp_port: int) -> None:
        self.out = out
        self.rtp_port = rtp_port
        self.lines: dict[str, Any] = {}
        self.legs: dict[str, Any] = {}
        self.retired: list[Any] = []
        self.names = itertools.count(1)
        self.closing = False
        self._writing = threading.Lock()
        self._work: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._transports: dict[str, tuple[int, tuple[str, int]]] = {}
        self._waker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.maxCalls = 256
        config.uaConfig.userAgent = "Kiestoon test phone"
        config.medConfig.threadCnt = 1
        config.medConfig.clockRate = CLOCK_RATE
        config.medConfig.sndClockRate = CLOCK_RATE
        config.medConfig.quality = 3
        config.medConfig.ecTailLen = 0
        config.medConfig.noVad = True
        config.logConfig.level = 5
        config.logConfig.consoleLevel = 0
        config.logConfig.msgLogging = 1
        config.logConfig.filename = str(log)
        self.endpoint.libInit(config)
        self.endpoint.audDevManager().setNullDev()
        _, self._own_address = self.transport("udp", {})
        self.endpoint.libStart()
        # A real phone sends what its microphone hears, silence too; pjsua2 sends nothing, not even keys, to
        # whom no source is connected.
        quiet = write_tones(log.with_suffix(".silence.wav"), [(0.0, 1.0)])
        self.silence = pj.AudioMediaPlayer()
        self.silence.createPlayer(str(quiet), 0)
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, 0)
            for prefix, priority in CODECS.items():
                if codec.codecId.startswith(prefix):
                    self.endpoint.codecSetPriority(codec.codecId, priority)

    def emit(self, event: str, **fields: Any) -> None:
        """Write one event line; safe from any thread."""
        line = json.dumps({"event": event, "at": time.time(), **fields}, ensure_ascii=True).encode() + b"\n"
        with self._writing:
            while line:
                line = line[os.write(self.out, line) :]

    def post(self, work: Callable[[], None]) -> None:
        """Have the endpoint's thread run this soon; safe from any thread."""
        self._work.append(work)
        self._waker.sendto(b"\r\n\r\n", self._own_address)

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Run this on the endpoint's thread after so many seconds."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self.names), work))

    def run(self) -> None:
        """Serve until `closing`, then leave: pjsua2 is not fit to be torn down by the interpreter."""
        while not self.closing:
            wait = 50
            if self._timers:
                wait = max(0, min(wait, int((self._timers[0][0] - time.monotonic()) * 1000)))
            self.endpoint.libHandleEvents(0 if self._work else wait)
            while self._work:
                self._work.popleft()()
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()
            self.retired.clear()
        self._farewell()

    def _farewell(self) -> None:
        for leg in list(self.legs.values()):
            leg.stop_recording()
            leg.drop()
        until = time.monotonic() + 0.3
        while self.legs and time.monotonic() < until:
            self.endpoint.libHandleEvents(20)
        os._exit(0)  # libDestroy would wait a second for subscriptions to end

    # -- transports: pjsua holds eight at most, so all phones of this process share one of each kind

    def transport(self, kind: str, options: dict[str, Any]) -> tuple[int, tuple[str, int]]:
        """The transport for a phone ("udp", "tcp" or "tls") and its host and port; made at first use.

        With the option `local_port` it is one of the phone's own, at that port.
        """
        key = f"{kind}:{options.get('local_port', 0)}"
        if key not in self._transports:
            config = pj.TransportConfig()
            config.port = options.get("local_port", 0)
            config.boundAddress = "127.0.0.1"
            if kind == "tls":
                config.tlsConfig.method = pj.PJSIP_TLSV1_2_METHOD
                config.tlsConfig.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
                config.tlsConfig.CaListFile = options.get("ca", "")
                config.tlsConfig.verifyServer = bool(options.get("ca"))
                config.tlsConfig.certFile = options.get("certificate", "")
                config.tlsConfig.privKeyFile = options.get("key", "")
            kinds = {
                "udp": pj.PJSIP_TRANSPORT_UDP,
                "tcp": pj.PJSIP_TRANSPORT_TCP,
                "tls": pj.PJSIP_TRANSPORT_TLS,
            }
            number = self.endpoint.transportCreate(kinds[kind], config)
            host, _, port = self.endpoint.transportGetInfo(number).localAddress.rpartition(":")
            self._transports[key] = number, (host, int(port))
        return self._transports[key]
