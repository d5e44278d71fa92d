"""A room full of telephones in one process: JSON lines in, JSON lines out.

    python -m tests.rig.phones.phone_process LOG-FILE RTP-PORT

A line on stdin is `{"n": 1, "do": "call", …}`; its answer is `{"event": "reply", "n": 1, "ok": …}` or
`{"event": "reply", "n": 1, "error": "…"}`. What happens by itself comes as other events. The end of
stdin ends the process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

from tests.rig.phones._desk import Desk
from tests.rig.phones._line import Leg, Line, with_headers


class Commands:
    """What a test may ask for; a method's name after `do_` is the command."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def leg(self, name: str) -> Any:
        leg = self.desk.legs.get(name)
        if leg is None or not leg.alive:
            raise ValueError("this call has ended")
        return leg

    def do_open(self, phone: str, options: dict[str, Any]) -> dict[str, Any]:
        line = self.desk.lines[phone] = Line(self.desk, phone, options)
        return {"address": line.address}

    def do_register(self, phone: str, on: bool) -> None:
        self.desk.lines[phone].setRegistration(on)

    def do_manner(self, phone: str, manner: str) -> None:
        self.desk.lines[phone].manner = manner

    def do_mwi(self, phone: str, on: bool) -> None:
        self.desk.lines[phone].watch_mwi(on)

    def do_request(
        self, phone: str, method: str, to: str, headers: dict[str, str], body: str, type: str
    ) -> None:
        prm = pj.SendRequestParam()
        prm.method = method
        prm.txOption.targetUri = to
        prm.txOption.msgBody, prm.txOption.contentType = body, type
        with_headers(prm, headers)
        self.desk.lines[phone].sendRequest(prm)

    def do_call(
        self, phone: str, to: str, headers: dict[str, str], without_sdp: bool, codecs: list[str]
    ) -> dict[str, Any]:
        leg = Leg(self.desk.lines[phone], codecs=codecs)
        try:
            leg.place(to, headers, without_sdp)
        except pj.Error:
            self.desk.legs.pop(leg.name, None)
            raise
        return {"call": leg.name}

    def do_answer(
        self, call: str, code: int, reason: str, headers: dict[str, str], codecs: list[str]
    ) -> None:
        leg = self.leg(call)
        leg.codecs = codecs or leg.codecs
        leg.respond(code, reason, headers)

    def do_hangup(self, call: str, code: int) -> None:
        leg = self.desk.legs.get(call)
        if leg is not None:  # hanging up what has ended already is no mistake
            leg.drop(code)

    def do_hold(self, call: str, on: bool) -> None:
        self.leg(call).hold(on)

    def do_refer(self, call: str, to: str, replaces: str | None, headers: dict[str, str]) -> None:
        prm = with_headers(pj.CallOpParam(True), headers)
        if replaces:
            self.leg(call).xferReplaces(self.leg(replaces), prm)
        else:
            self.leg(call).xfer(to, prm)

    def do_dtmf(self, call: str, digits: str, method: str, duration: int) -> None:
        self.leg(call).digits(digits, method, duration)

    def do_info(self, call: str, method: str, headers: dict[str, str], body: str, type: str) -> None:
        prm = pj.CallSendRequestParam()
        prm.method = method
        prm.txOption.msgBody, prm.txOption.contentType = body, type
        self.leg(call).sendRequest(with_headers(prm, headers))

    def do_tones(self, call: str, tones: list[tuple[float, float]], loop: bool) -> None:
        self.leg(call).tones(tones, loop)

    def do_play(self, call: str, path: str, loop: bool) -> None:
        self.leg(call).file(path, loop)

    def do_silence(self, call: str) -> None:
        self.leg(call).play(None)

    def do_record(self, call: str, path: str) -> None:
        self.leg(call).record(path)

    def do_stop_recording(self, call: str) -> None:
        leg = self.desk.legs.get(call)
        if leg is not None:  # the end of the call closed the file
            leg.stop_recording()

    def do_media(self, call: str) -> dict[str, Any]:
        return dict(self.leg(call).facts())

    def do_quit(self) -> None:
        self.desk.closing = True

    def obey(self, line: str) -> None:
        """Carry one command line out and reply; a mistake becomes a reply, never the end of the process."""
        command: dict[str, Any] = json.loads(line)
        number, verb = command.pop("n"), command.pop("do")
        try:
            method: Callable[..., Any] = getattr(self, f"do_{verb}")
            self.desk.emit("reply", n=number, ok=method(**command))
        except pj.Error as error:
            self.desk.emit("reply", n=number, error=f"{error.title}: {error.reason}")
        except Exception as error:
            self.desk.emit("reply", n=number, error=f"{type(error).__name__}: {error}")


def main() -> None:
    log, rtp_port = Path(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the test's to handle; it closes stdin
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not land between the events
    desk = Desk(out, log, rtp_port)
    commands = Commands(desk)

    def read() -> None:
        for line in sys.stdin:
            desk.post(lambda line=line: commands.obey(line))  # type: ignore[misc]
        desk.post(commands.do_quit)

    threading.Thread(target=read, daemon=True).start()
    desk.emit("ready")
    desk.run()


if __name__ == "__main__":
    main()
