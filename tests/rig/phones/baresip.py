"""A second kind of telephone: baresip, which shares no code with pjsua2.

    async with Baresip(tmp_path, "102", "secret", host, port) as carol:
        await carol.registered()
        await carol.call("101")
        await carol.answered()
        await carol.hangup()
        assert carol.heard().heard(440)

It plays a WAV file and records what it hears. It is driven over its module ctrl_tcp: JSON in netstrings.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import shutil
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.rig.phones.hearing import Sound, write_tones
from tests.rig.phones.message import Identity
from tests.rig.phones.process import Happenings, PhoneError
from tests.rig.servers import free_ports

MODULES = Path("/usr/lib/baresip/modules")
WAIT = 5.0  # seconds
START = 10.0  # seconds, on a busy machine
# Its names of the codecs and the rate (Hz) that the file it plays must have.
CODECS = {"PCMA": ("PCMA/8000/1", 8000), "PCMU": ("PCMU/8000/1", 8000), "G722": ("G722/16000/1", 16000)}

CONFIG = """\
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
rtp_ports {rtp}-{rtp_end}
module_path {modules}
module g711.so
module g722.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app mwi.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
audio_source aufile,{playing}
audio_player aubridge,nowhere
snd_path {folder}
"""


def installed() -> bool:
    """Whether this machine has Debian's baresip-core."""
    return shutil.which("baresip") is not None and MODULES.is_dir()


class Baresip:
    """One baresip. Without a secret it does not register. Raises PhoneError when it can't start."""

    def __init__(
        self,
        folder: Path,
        username: str,
        secret: str = "",
        host: str = "127.0.0.1",
        port: int = 5060,
        *,
        extension: str = "",
        transport: str = "udp",
        codec: str = "PCMA",
        playing: Path | None = None,
    ) -> None:
        self.number = extension or username
        self.folder = folder / f"baresip-{username}"
        self.host, self.port, self.transport = host, port, transport
        self.happenings = Happenings(f"baresip {self.number}")
        # Its TLS listens one port above that for SIP.
        self._control, self.sip_port = free_ports(2)
        offered, rate = CODECS[codec]
        account = (
            f"<sip:{self.number}@{host}:{port};transport={transport}>;auth_user={username};auth_pass={secret}"
        )
        account += f";regint={300 if secret else 0};audio_codecs={offered};mwi=yes"
        self.folder.mkdir(parents=True)
        tone = playing or write_tones(self.folder / "playing.wav", [(900, 60)], rate)
        rtp = random.randrange(49000, 50000, 20)
        config = CONFIG.format(
            sip=self.sip_port,
            rtp=rtp,
            rtp_end=rtp + 18,
            modules=MODULES,
            control=self._control,
            playing=tone,
            folder=self.folder,
        )
        (self.folder / "config").write_text(config)
        self._account = account
        (self.folder / "accounts").write_text("# comes when we can hear what happens\n")
        (self.folder / "contacts").touch()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Baresip:
        log = (self.folder / "log").open("wb")
        with log:
            self.process = await asyncio.create_subprocess_exec(
                *("baresip", "-f", self.folder, "-v"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
        deadline = time.monotonic() + START
        while True:
            try:
                reader, self._writer = await asyncio.open_connection("127.0.0.1", self._control)
                break
            except OSError:
                if time.monotonic() > deadline or self.process.returncode is not None:
                    await self.close()
                    raise PhoneError(f"baresip does not start:\n{self.log()}") from None
                await asyncio.sleep(0.02)
        self._reading = asyncio.create_task(self._read(reader))
        await self.do("uanew", self._account, timeout=START)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(3):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self._reading:
            self._writer.close()
            await self._reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = await reader.readuntil(b":")
                text = await reader.readexactly(int(size[:-1]) + 1)
                event: dict[str, Any] = json.loads(text[:-1])
                event["at"] = time.time()
                if event.get("event"):
                    event["event"] = event["type"]
                    event["reason"] = event.get("param", "")
                else:
                    event["event"] = "reply"
                self.happenings.add(event)

    async def do(self, command: str, params: str = "", timeout: float = WAIT) -> str:
        """Give a command of its menu, such as dial, accept, hangup, hold, resume, transfer."""
        token = f"{command}{time.monotonic_ns()}"
        data = json.dumps({"command": command, "params": params, "token": token}).encode()
        self._writer.write(b"%d:%s," % (len(data), data))
        reply = await self._take(
            f"answer to {command}", timeout, lambda e: e["event"] == "reply" and e.get("token") == token
        )
        if not reply["ok"]:
            raise PhoneError(f"baresip {self.number} refuses {command}: {reply['data']}")
        return str(reply["data"])

    async def _take(self, awaited: str, timeout: float, matches: Any) -> dict[str, Any]:
        try:
            return await self.happenings.take(matches, timeout, awaited)
        except PhoneError as error:
            raise PhoneError(f"{error}\nIts log is {self.folder / 'log'}") from None

    async def _event(self, kind: str, awaited: str, timeout: float) -> dict[str, Any]:
        return await self._take(awaited, timeout, lambda e: e["event"] == kind)

    # -- what a person does and notices

    async def registered(self, timeout: float = WAIT) -> None:
        await self._event("REGISTER_OK", "registration", timeout)

    async def refused(self, timeout: float = WAIT) -> str:
        """Wait until its registration is refused; returns the reason that it was given."""
        return str((await self._event("REGISTER_FAIL", "refusal", timeout))["param"])

    async def call(self, to: str) -> None:
        """Dial a number at the exchange, or a full SIP URI."""
        uri = to if to.startswith("sip:") else f"sip:{to}@{self.host}:{self.port};transport={self.transport}"
        await self.do("dial", uri)

    async def incoming(self, timeout: float = WAIT) -> Identity:
        """The next call that comes in, and who it says it is."""
        return Identity.parse((await self._event("CALL_INCOMING", "incoming call", timeout))["peeruri"])

    async def ringing(self, timeout: float = WAIT) -> None:
        await self._event("CALL_RINGING", "ringing", timeout)

    async def answer(self) -> None:
        await self.do("accept")
        await self.answered()

    async def answered(self, timeout: float = WAIT) -> None:
        await self._event("CALL_ESTABLISHED", "answer", timeout)

    async def dtmf(self, keys: str) -> None:
        """Press keys (RFC 4733)."""
        for key in keys:
            await self.do("sndcode", key)

    async def digit(self, timeout: float = WAIT) -> str:
        """The next key that the other side presses."""
        return str((await self._event("CALL_DTMF_START", "digit", timeout))["param"])

    async def hangup(self) -> None:
        await self.do("hangup")

    async def ended(self, timeout: float = WAIT) -> str:
        """Wait for the end of the call; returns the reason in its words."""
        return str((await self._event("CALL_CLOSED", "end of the call", timeout))["param"])

    async def lamp(self, timeout: float = WAIT) -> str:
        """The next NOTIFY of the message lamp (RFC 3842), as text."""
        return str((await self._event("MWI_NOTIFY", "NOTIFY of the lamp", timeout))["param"])

    def heard(self) -> Sound:
        """What it heard in its last call. The file is whole once that call has ended."""
        files = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda file: file.stat().st_mtime_ns)
        if not files:
            raise PhoneError(f"baresip {self.number} has heard nothing. {self.happenings.story()}")
        return Sound.load(files[-1])

    def log(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]
