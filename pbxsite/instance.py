"""Where this installation keeps its files and which ports it uses.

No Django in here: shell scripts, the test servers and the settings all read the same answers.
`python -m pbxsite.instance` prints them as shell assignments.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import secrets
import shlex
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Internal ports: nobody outside needs to know them, so each installation picks free ones and remembers them.
INTERNAL_PORTS = ("core_port", "media_port", "redis_port", "relay_port")
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\]")
LOCAL_NETS = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"


class InstanceError(ValueError):
    """An environment variable has a value that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Instance:
    """One running exchange: its folders, ports (1–65535), addresses and names."""

    root: Path
    var: Path
    bind: str
    http_port: int
    sip_port: int
    tls_port: int
    ws_port: int
    rtp_min: int
    rtp_max: int
    core_port: int
    media_port: int
    redis_port: int
    relay_port: int
    realm: str
    node: str
    local_nets: tuple[str, ...]
    database_url: str
    redis_url: str
    own_redis: bool
    user: str
    hosts: tuple[str, ...] = ()  # names under which browsers reach it, beside its own name and addresses
    dns: str = ""  # "address:port" of the DNS server that is asked for providers, "" for the system's
    country: str = "NL"  # ISO code: whose telephone numbers, those for emergencies too

    @cached_property
    def run(self) -> Path:
        """Pid files and sockets."""
        return self.var / "run"

    @cached_property
    def etc(self) -> Path:
        """Generated configuration."""
        return self.var / "etc"

    @cached_property
    def log(self) -> Path:
        return self.var / "log"

    @cached_property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @cached_property
    def recordings(self) -> Path:
        return self.var / "recordings"

    @cached_property
    def voicemail(self) -> Path:
        """Messages and greetings, a folder a mailbox."""
        return self.var / "voicemail"

    @cached_property
    def prompts(self) -> Path:
        """What the digital receptionist says, where it was uploaded or recorded."""
        return self.var / "prompts"

    @cached_property
    def speech(self) -> Path:
        """Spoken prompts, made once from text."""
        return self.var / "speech"

    @property
    def media_rtp(self) -> tuple[int, int]:
        """RTP ports of the media node: the first half of the range, inclusive, the first even."""
        middle = (self.rtp_min + self.rtp_max + 1) // 2
        return self.rtp_min, middle - 1

    @property
    def relay_rtp(self) -> tuple[int, int]:
        """RTP ports of rtpengine: the second half of the range, inclusive."""
        return self.media_rtp[1] + 1, self.rtp_max

    @property
    def advertised(self) -> str:
        """The address that clients on this machine or network use to reach the exchange."""
        return "127.0.0.1" if self.bind in ("0.0.0.0", "::") else self.bind  # noqa: S104

    @property
    def media_queue(self) -> str:
        """Celery queue of this media node."""
        return f"media.{self.node}"

    def make_folders(self) -> None:
        """Create every folder below `var`; the secrets are for the owner only."""
        for folder in (
            self.run,
            self.etc,
            self.log,
            self.recordings,
            self.voicemail,
            self.speech,
            self.prompts,
            self.secrets,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        self.secrets.chmod(0o700)

    def secret(self, name: str) -> str:
        """A random secret that is made at first use and kept in `var/secrets/<name>` (mode 0600)."""
        path = self.secrets / name
        if not path.exists():
            self.make_folders()
            temporary = path.with_name(f".{name}.{os.getpid()}")
            descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                # A link fails when another process was first; then its secret is the one.
                os.link(temporary, path)
                folder = self.secrets.stat()
                if os.geteuid() == 0:
                    os.chown(path, folder.st_uid, folder.st_gid)
            except FileExistsError:
                pass
            finally:
                temporary.unlink()
        return path.read_text().strip()


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise InstanceError(f"{name} must be a port from 1 to 65535, not {text!r}")
    return int(text)


def _port_range(environ: Mapping[str, str]) -> tuple[int, int]:
    text = environ.get("KIESTOON_RTP_PORTS", "").strip() or "20000-25999"
    low, dash, high = text.partition("-")
    if not (dash and low.isdecimal() and high.isdecimal()):
        raise InstanceError(f"KIESTOON_RTP_PORTS must look like 20000-25999, not {text!r}")
    first, last = int(low) + int(low) % 2, int(high)
    if not 1024 <= first < last <= 65535 or last - first < 39:
        raise InstanceError(
            f"KIESTOON_RTP_PORTS must hold at least 40 ports between 1024 and 65535, not {text!r}"
        )
    return first, last


def _dns(environ: Mapping[str, str]) -> str:
    text = environ.get("KIESTOON_DNS", "").strip()
    host, _colon, port = text.partition(":")
    try:
        if text:
            ipaddress.ip_address(host)
            _port({"port": port}, "port", 53)
    except ValueError as error:
        raise InstanceError(f"KIESTOON_DNS must be an address such as 192.0.2.1:53, not {text!r}") from error
    return text


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    text = environ.get("KIESTOON_HOSTS", "")
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    for host in hosts:
        if not HOST.fullmatch(host):
            raise InstanceError(f"KIESTOON_HOSTS must hold names such as phone.example.org, not {host!r}")
    return hosts


def _free_port(taken: set[int]) -> int:
    """A port that is free for UDP and TCP on loopback, below the kernel's ephemeral range."""
    while True:
        port = secrets.randbelow(6000) + 26000
        if port in taken:
            continue
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port


def _internal_ports(environ: Mapping[str, str], var: Path, taken: set[int]) -> dict[str, int]:
    path = var / "ports.json"
    known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in INTERNAL_PORTS if name not in known]
    if missing:
        for name in missing:
            known[name] = _free_port(taken | set(known.values()))
        var.mkdir(parents=True, exist_ok=True)
        temporary = var / f".ports.{os.getpid()}"
        temporary.write_text(json.dumps(known, indent=1) + "\n")
        temporary.chmod(0o644)
        try:
            if path.exists():
                temporary.replace(path)
            else:
                os.link(temporary, path)  # two first starts at once: one wins, both read it
                temporary.unlink()
        except FileExistsError:
            temporary.unlink()
            known = json.loads(path.read_text())
    return {name: _port(environ, f"KIESTOON_{name.upper()}", known[name]) for name in INTERNAL_PORTS}


def load(environ: Mapping[str, str] | None = None) -> Instance:
    """The instance that the environment describes. Raises InstanceError with a sentence for the reader."""
    environ = os.environ if environ is None else environ
    var = Path(environ.get("KIESTOON_VAR") or ROOT / "var").absolute()
    low, high = _port_range(environ)
    public = {
        "http_port": _port(environ, "KIESTOON_HTTP_PORT", 8000),
        "sip_port": _port(environ, "KIESTOON_SIP_PORT", 5070),
        "tls_port": _port(environ, "KIESTOON_SIP_TLS_PORT", 5071),
        "ws_port": _port(environ, "KIESTOON_SIP_WS_PORT", 5080),
    }
    if len(set(public.values())) < len(public):
        raise InstanceError(f"two services cannot share one port: {public}")
    bind = environ.get("KIESTOON_BIND") or "127.0.0.1"
    nets = tuple(
        net.strip() for net in (environ.get("KIESTOON_LOCAL_NETS") or LOCAL_NETS).split(",") if net.strip()
    )
    try:
        ipaddress.ip_address(bind)
        for net in nets:
            ipaddress.ip_network(net)
    except ValueError as error:
        raise InstanceError(f"KIESTOON_BIND or KIESTOON_LOCAL_NETS: {error}") from error
    internal = _internal_ports(environ, var, {*public.values(), *range(low, high + 1)})
    return Instance(
        root=ROOT,
        var=var,
        bind=bind,
        rtp_min=low,
        rtp_max=high,
        realm=environ.get("KIESTOON_REALM") or "kiestoon",
        node=environ.get("KIESTOON_NODE") or "media1",
        local_nets=nets,
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{var / 'db.sqlite3'}",
        redis_url=environ.get("REDIS_URL") or f"redis://127.0.0.1:{internal['redis_port']}/0",
        own_redis=not environ.get("REDIS_URL"),
        hosts=_hosts(environ),
        dns=_dns(environ),
        country=environ.get("KIESTOON_COUNTRY", "NL"),
        user=environ.get("KIESTOON_USER") or ("nobody" if os.geteuid() == 0 else ""),
        **public,
        **internal,
    )


instance = load()


def main() -> None:
    """Print `KIESTOON_<NAME>=value` lines that a shell can evaluate."""
    for name, value in asdict(instance).items():
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        print(f"KIESTOON_{name.upper()}={shlex.quote(text)}")


if __name__ == "__main__":
    main()
