"""Whether a provider's certificate proves its name (RFC 5922).

At every connection Kamailio checks the signature of the certificate, but not its name; so that is checked here before
a place is used, and again whenever the names are looked up. What Kamailio checks with are the anchors found here: all
that the system trusts would take each of its processes a second to read.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Any

PATIENCE = 2.0  # seconds
NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found: a `problem` in words, or the certificate (PEM) at the end of the chain that proves it."""

    problem: str = ""
    anchor: str = ""


UNPROVEN = Proof()


def prove(address: str, port: int, host: str, authority: str = "") -> Proof:
    """Whether what answers there is `host`.

    `authority`: certificates (PEM) of authorities that may have signed it; without them those that the system trusts.
    """
    try:
        context = ssl.create_default_context(cadata=authority or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection((address, port), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            return Proof(anchor=_anchor(connection))
    except ssl.SSLCertVerificationError as error:
        return Proof(f"certificate: {error.verify_message}")
    except ssl.SSLError as error:
        return Proof(f"TLS: {error.reason or error}")
    except OSError:
        return Proof(NO_ANSWER)


def _anchor(connection: Any) -> str:
    """The last certificate of the chain. Public from Python 3.13 on."""
    if hasattr(connection, "get_verified_chain"):
        return ssl.DER_cert_to_PEM_cert(connection.get_verified_chain()[-1])
    last: str = connection._sslobj.get_verified_chain()[-1].public_bytes()
    return last
