"""The certificate of SIP over TLS and WebSocket over TLS."""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pbxsite.instance import Instance
from telephony.edge import addresses

LIFE = datetime.timedelta(days=3650)


def ensure(instance: Instance) -> tuple[Path, Path]:
    """Paths of the private key and the certificate chain (PEM). Makes a self-signed pair when there is none; a real
    one is put in its place."""
    key, chain = instance.secrets / "tls.key", instance.secrets / "tls.crt"
    if not (key.exists() and chain.exists()):
        _make(instance, key, chain)
    return key, chain


def _make(instance: Instance, key: Path, chain: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, instance.realm)])
    now = datetime.datetime.now(datetime.UTC)
    hosts = {instance.realm, "localhost", socket.gethostname()}
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in sorted(hosts) if host.isascii()]
    for address in sorted({*addresses.public(instance), "127.0.0.1"}):
        names.append(x509.IPAddress(ipaddress.ip_address(address)))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(key, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
