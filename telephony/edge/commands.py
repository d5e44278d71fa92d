"""The exact command lines of Kamailio and rtpengine, in the foreground, for a supervisor and for the tests."""

from __future__ import annotations

import shutil

from pbxsite.instance import Instance
from telephony.edge import addresses, config

# Shared and private memory in MB. Pages are taken when used: a quiet exchange needs some thirty.
SHARED_MEMORY = 512
PRIVATE_MEMORY = 32


class NotInstalledError(RuntimeError):
    """A program that the edge consists of is missing."""


def kamailio(instance: Instance) -> list[str]:
    """Kamailio on the files that `config.render` wrote; `[*kamailio(instance), "-c"]` only checks them."""
    return [
        _program("kamailio"),
        "-DD",  # stays in the foreground
        "-E",  # logs to standard error
        *("-f", str(config.folder(instance) / "local.cfg")),
        *("-m", str(SHARED_MEMORY), "-M", str(PRIVATE_MEMORY)),
        *("-x", "fm", "-X", "fm"),  # the default allocator searches for overruns at each call
        *("-Y", str(instance.run), "-w", str(instance.run), "-P", str(instance.run / "kamailio.pid")),
    ]


def rtpengine(instance: Instance) -> list[str]:
    """rtpengine in user space, controlled over UDP on loopback."""
    low, high = instance.relay_rtp
    return [
        _program("rtpengine"),
        "--foreground",
        "--log-stderr",
        "--config-file=none",
        "--table=-1",  # no kernel module
        f"--interface={addresses.media(instance)}",
        f"--listen-ng=127.0.0.1:{instance.relay_port}",
        f"--port-min={low}",
        f"--port-max={high}",
        "--num-threads=2",
        "--poller-per-thread",  # without it two threads reorder a stream's packets
        "--delete-delay=5",  # seconds in which a forked call may still answer
        "--timeout=60",  # seconds without RTP
        "--silent-timeout=3600",  # … while on hold
        "--log-level=4",
    ]


def _program(name: str) -> str:
    """Full path; /usr/sbin is not in everybody's PATH."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if path is None:
        raise NotInstalledError(f"{name} is not installed")
    return path
