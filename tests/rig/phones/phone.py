"""Telephones for tests, used as a person uses one:

    async with Phones(tmp_path) as phones:
        alice = await phones.register("100", "secret", host, port)
        bob = await phones.register("101", "secret", host, port, transport="tls", codecs=["G722"])
        call = await alice.call("101")
        bobs = await bob.incoming()
        await call.ringing()
        await bobs.answer()
        await call.play_tone(440)
        assert (await bobs.listen(2)).heard(440)
        await call.hangup()
        assert (await bobs.ended()).code == 200

Every wait has a timeout in seconds and fails with the story of what happened instead.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from tests.rig.phones.call import Call, message_of
from tests.rig.phones.message import SipMessage
from tests.rig.phones.process import Happenings, PhoneError, PhoneProcess

Transport = Literal["udp", "tcp", "tls"]
Manner = Literal["ring", "answer", "busy", "silent"]
WAIT = 5.0  # seconds


class Phone:
    """One telephone. `address` is the host and port where it takes SIP."""

    def __init__(self, process: PhoneProcess, key: str, number: str, host: str, port: int, kind: str) -> None:
        self.process = process
        self.key = key
        self.number = number
        self.host, self.port, self.transport = host, port, kind
        self.address: tuple[str, int] = ("", 0)
        self.happenings = Happenings(f"phone {number}")
        process.listen(key, self.happenings.add)

    def uri(self, to: str) -> str:
        """`101` -> a SIP URI at the exchange; a full URI stays as it is."""
        if to.startswith(("sip:", "sips:", "tel:")):
            return to
        suffix = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"sip:{to.replace('#', '%23')}@{self.host}:{self.port}{suffix}"

    async def call(
        self,
        to: str,
        *,
        headers: dict[str, str] | None = None,
        codecs: list[str] | None = None,
        without_sdp: bool = False,
    ) -> Call:
        """Dial. Returns as soon as the INVITE is sent; `without_sdp` leaves the offer to the other side."""
        made = await self.process.do(
            "call",
            phone=self.key,
            to=self.uri(to),
            headers=headers or {},
            without_sdp=without_sdp,
            codecs=codecs or [],
        )
        return Call(self, made["call"], f"call of {self.number} to {to}", None)

    async def incoming(self, timeout: float = WAIT) -> Call:
        """The next call that comes in; it is ringing already unless the manner says otherwise."""
        event = await self.happenings.take(lambda e: e["event"] == "incoming", timeout, "incoming call")
        return Call(self, event["call"], f"call at {self.number}", message_of(event))

    async def not_called(self, seconds: float) -> None:
        """Fails when a call comes in within this time."""
        try:
            call = await self.incoming(seconds)
        except PhoneError:
            return
        raise PhoneError(f"phone {self.number} was called by {call.remote_identity}")

    async def manner(self, manner: Manner) -> None:
        """What the phone does by itself when it is called from now on."""
        await self.process.do("manner", phone=self.key, manner=manner)

    async def register(self, timeout: float = WAIT) -> None:
        """Register again now. Raises PhoneError with the code when it is refused."""
        await self.process.do("register", phone=self.key, on=True)
        await self.registered(timeout)

    async def registered(self, timeout: float = WAIT) -> None:
        """Wait for the answer to a REGISTER; any but 200 is a PhoneError."""
        code = await self.registration(timeout)
        if code != 200:
            raise PhoneError(f"phone {self.number} could not register: {code}. {self.happenings.story()}")

    async def registration(self, timeout: float = WAIT) -> int:
        """The status code of the answer to a REGISTER; 408 when none came."""
        event = await self.happenings.take(
            lambda e: e["event"] == "registered", timeout, "answer to REGISTER"
        )
        return int(event["code"])

    async def unregister(self, timeout: float = WAIT) -> None:
        await self.process.do("register", phone=self.key, on=False)
        await self.registered(timeout)

    async def subscribe_mwi(self) -> None:
        """Ask for the state of the message lamp (RFC 3842); `lamp()` waits for it."""
        await self.process.do("mwi", phone=self.key, on=True)

    async def lamp(self, timeout: float = WAIT) -> Lamp:
        """The next NOTIFY of the message lamp."""
        event = await self.happenings.take(lambda e: e["event"] == "mwi", timeout, "NOTIFY of the lamp")
        return Lamp.parse(event["body"])

    async def request(
        self,
        method: str,
        to: str,
        body: str = "",
        type: str = "text/plain",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send a request outside a call, such as MESSAGE or OPTIONS."""
        await self.process.do(
            "request",
            phone=self.key,
            method=method,
            to=self.uri(to),
            headers=headers or {},
            body=body,
            type=type,
        )

    async def text(self, timeout: float = WAIT) -> SipMessage:
        """The next MESSAGE (RFC 3428) that arrives."""
        event = await self.happenings.take(lambda e: e["event"] == "text", timeout, "MESSAGE")
        return message_of(event)

    async def vanish(self) -> None:
        """The phone, and every other in its process, stops answering at once: power cut, cable out."""
        await self.process.kill()


class Lamp:
    """What a message-summary says (RFC 3842, section 5.2)."""

    def __init__(self, waiting: bool, new: int, old: int) -> None:
        self.waiting, self.new, self.old = waiting, new, old

    @classmethod
    def parse(cls, body: str) -> Lamp:
        found: dict[str, str] = {}
        for line in body.splitlines():
            name, colon, value = line.partition(":")
            if colon:
                found[name.strip().lower()] = value.strip()
        new, _, old = found.get("voice-message", "0/0").split(" ")[0].partition("/")
        return cls(found.get("messages-waiting", "no").lower() == "yes", int(new), int(old or 0))

    def __repr__(self) -> str:
        return f"<lamp {'on' if self.waiting else 'off'}, {self.new} new, {self.old} old>"


class Phones:
    """All telephones of a test. An async context manager; at its end every process it started is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[PhoneProcess] = []
        self._keys = itertools.count(1)

    async def __aenter__(self) -> Phones:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        for process in self.processes:
            await process.close()
        self.processes.clear()

    async def _process(self, extension: str, alone: bool) -> PhoneProcess:
        """A process with no phone of this extension yet: pjsua tells phones of one number apart badly."""
        if not alone:
            for process in self.processes:
                if (
                    process.alive
                    and not process.name.endswith("alone")
                    and extension not in process.extensions
                ):
                    return process
        suffix = "-alone" if alone else ""
        process = await PhoneProcess.start(self.folder, f"phones{len(self.processes) + 1}{suffix}")
        self.processes.append(process)
        return process

    async def register(
        self,
        username: str,
        secret: str,
        host: str,
        port: int,
        *,
        extension: str = "",
        transport: Transport = "udp",
        codecs: list[str] | None = None,
        domain: str = "",
        expires: int = 300,
        manner: Manner = "ring",
        alone: bool = False,
        timeout: float = WAIT,
        wait: bool = True,
        **options: Any,
    ) -> Phone:
        """A phone that is registered when this returns.

        `extension` is the number in its From when it differs from the digest user name; `alone` gives it a
        process of its own (so that `vanish` hits no other); `wait=False` returns before the answer (see
        `registration`). Further options: `srtp` ("off", "optional", "mandatory"), `ca` (file that vouches for
        the TLS certificate).
        Raises PhoneError with the status code when the registration is refused.
        """
        number = extension or username
        suffix = "" if transport == "udp" else f";transport={transport}"
        options |= {
            "uri": f"sip:{number}@{domain or f'{host}:{port}'}",
            "registrar": f"sip:{host}:{port}{suffix}",
            "proxies": [f"sip:{host}:{port}{suffix};lr"],
            "username": username,
            "secret": secret,
            "expires": expires,
        }
        phone = await self._open(number, host, port, transport, codecs, manner, alone, options)
        if wait:
            await phone.registered(timeout)
        return phone

    async def direct(
        self,
        number: str,
        *,
        transport: Transport = "udp",
        codecs: list[str] | None = None,
        manner: Manner = "ring",
        alone: bool = False,
        **options: Any,
    ) -> Phone:
        """A phone without a registration; it calls and is called by address, as a trunk is."""
        options |= {"uri": f"sip:{number}@127.0.0.1"}
        return await self._open(number, "127.0.0.1", 5060, transport, codecs, manner, alone, options)

    async def _open(
        self,
        number: str,
        host: str,
        port: int,
        transport: Transport,
        codecs: list[str] | None,
        manner: Manner,
        alone: bool,
        options: dict[str, Any],
    ) -> Phone:
        extension = number.partition("-")[0]
        process = await self._process(extension, alone)
        process.extensions.add(extension)
        phone = Phone(process, f"p{next(self._keys)}", number, host, port, transport)
        options |= {"transport": transport, "codecs": codecs or [], "manner": manner}
        opened = await process.do("open", phone=phone.key, options=options)
        phone.address = (opened["address"][0], int(opened["address"][1]))
        return phone
