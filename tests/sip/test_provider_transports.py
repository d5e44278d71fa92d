"""Calls with sound over providers that are reached by TCP and TLS, and one whose certificate is not its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rig.certificates import Authority
from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones
from tests.rig.servers import free_ports
from tests.sip.test_providers import ROTTERDAM, Routes, lines

__all__ = ["lines"]
pytestmark = pytest.mark.xdist_group("providers")


async def trunk_of(exchange: Exchange, name: str) -> dict[str, Any]:
    """What `manage.py trunks` says of it."""
    rows = json.loads(await exchange.manage("trunks", "--json"))
    return next(row for row in rows if row["name"] == name)


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_a_call_goes_out_over_a_connection_and_both_are_heard(
    exchange: Exchange, phones: Phones, lines: Routes, tmp_path: Path, transport: str
) -> None:
    authority = Authority(tmp_path)
    (port,) = free_ports(1)
    options: dict[str, Any] = {"transport": transport, "local_port": port, "alone": True}
    if transport == "tls":
        issued = authority.issue("127.0.0.1")
        options |= {"certificate": str(issued.certificate), "key": str(issued.key)}
    outside = await phones.direct("provider", **options)
    trunk = {"name": "Stream", "port": port, "transport": transport, "authority": authority.pem}
    await lines(trunks=[trunk], rules=[{"trunks": ["Stream"]}])
    anna = await exchange.phone(phones, "100")
    call = await anna.call(ROTTERDAM)
    at_provider = await outside.incoming()
    invite = at_provider.invite
    assert invite is not None
    via = next(value for name, value in invite.headers if name == "Via")
    assert via.startswith(f"SIP/2.0/{transport.upper()} ")
    await at_provider.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await at_provider.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await hears(at_provider, ALICE_HZ)
    await at_provider.hangup()
    await call.ended()
    shown = await trunk_of(exchange, "Stream")
    assert (shown["transport"], shown["place"]) == (transport, f"127.0.0.1:{port} {transport}")


async def test_a_provider_with_the_certificate_of_another_is_never_called(
    exchange: Exchange, phones: Phones, lines: Routes, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    (port,) = free_ports(1)
    issued = authority.issue("other.example")
    outside = await phones.direct(
        *("provider",),
        transport="tls",
        local_port=port,
        alone=True,
        certificate=str(issued.certificate),
        key=str(issued.key),
    )
    trunk = {"name": "Stream", "port": port, "transport": "tls", "authority": authority.pem}
    await lines(trunks=[trunk], rules=[{"trunks": ["Stream"]}], well=False)
    anna = await exchange.phone(phones, "100")
    call = await anna.call(ROTTERDAM)
    assert (await call.ended(15)).code == 503
    await outside.not_called(0.3)

    async def error() -> str:
        return str((await trunk_of(exchange, "Stream"))["error"])

    assert "certificate" in await error()
