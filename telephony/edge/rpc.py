"""Asks and commands Kamailio: JSON-RPC 2.0 over HTTP on the private socket.

Every call makes one connection, takes at most `TIMEOUT` seconds, and raises EdgeAwayError when nobody answers or
EdgeRefusedError when Kamailio says no. Lists come back empty when there is nothing.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pbxsite.instance import Instance, instance

TIMEOUT = 3.0
NOT_SET = "[not set]"
GUESSING, FLOOD = 1, 2  # values in the table `ban`, see kamailio/guard.cfg


class EdgeError(Exception):
    """Something between us and Kamailio went wrong."""


class EdgeAwayError(EdgeError):
    """Kamailio does not run, or does not answer in time."""


class EdgeRefusedError(EdgeError):
    """Kamailio answered with an error; `code` is its number, 404 for what is not there."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"{method}: {code} {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Contact:
    """Where one device of an extension is. `source` is "udp:192.0.2.7:5060"; `expires` in seconds from now."""

    extension: str
    contact: str
    source: str
    user_agent: str
    expires: int


@dataclass(frozen=True, slots=True)
class Ban:
    """An address that Kamailio does not listen to, until when; `reason` is "passwords" or "flood"."""

    address: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Node:
    """A media node as the dispatcher sees it."""

    uri: str
    up: bool


def call(method: str, *params: str | int, to: Instance = instance, timeout: float = TIMEOUT) -> Any:
    """The `result` of any method that Kamailio knows."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {to.secret('edge-rpc')}"}
    with closing(http.client.HTTPConnection("127.0.0.1", to.core_port, timeout=timeout)) as connection:
        try:
            connection.request("POST", "/rpc", body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise EdgeAwayError(f"Kamailio does not answer on port {to.core_port}: {error}") from error
    if response.status == 503:
        raise EdgeAwayError("Kamailio is starting")
    try:
        # What phones wrote (user agents) may hold control characters, which Kamailio passes on as they are.
        answer = json.loads(text, strict=False)
    except ValueError as error:
        raise EdgeRefusedError(method, response.status, text[:200]) from error
    if "error" in answer:
        problem = answer["error"]
        raise EdgeRefusedError(method, int(problem.get("code", 500)), str(problem.get("message", "")))
    return answer["result"]


def registrations(*, to: Instance = instance) -> list[Contact]:
    """Every contact of every extension that has not run out."""
    found = []
    for entry in call("ul.dump", to=to, timeout=15)["Domains"]:
        for aor in entry["Domain"]["AoRs"]:
            for item in aor["Info"]["Contacts"]:
                if isinstance(item["Contact"]["Expires"], int):  # else "expired" or "deleted"
                    found.append(_contact(aor["Info"]["AoR"], item["Contact"]))
    return found


def drop_registration(extension: str, contact: str, *, to: Instance = instance) -> bool:
    """Forget one contact; whether there was such a one. The device may register again at once."""
    return _done("ul.rm_contact", "location", extension, contact, to=to)


def bans(*, to: Instance = instance) -> list[Ban]:
    """The addresses that are shut out right now."""
    found = []
    for name, value in _entries("ban", to):
        try:
            item = call("htable.get", "ban", name, to=to)["item"]
        except EdgeRefusedError:
            continue  # just ran out
        # Kamailio writes the time of its own time zone, which is ours.
        until = datetime.strptime(item["expire"], "%Y-%m-%d %H:%M:%S").astimezone()
        found.append(Ban(name, "flood" if value == FLOOD else "passwords", until))
    return found


def ban(address: str, seconds: int, *, to: Instance = instance) -> None:
    """Stop listening to an IP address for so many seconds."""
    call("htable.seti", "ban", address, GUESSING, to=to)
    call("htable.setex", "ban", address, max(seconds, 1), to=to)


def lift_ban(address: str, *, to: Instance = instance) -> bool:
    """Listen to an address again; whether it was banned."""
    return _done("htable.delete", "ban", address, to=to)


def remember(address: str, *, to: Instance = instance) -> None:
    """Tell the flood guard that a device with a right password was at this address."""
    call("htable.seti", "known", address, 1, to=to)


def dispatcher(*, to: Instance = instance) -> list[Node]:
    """The media nodes."""
    found = []
    for record in call("dispatcher.list", to=to)["RECORDS"]:
        for target in record["SET"]["TARGETS"]:
            destination = target["DEST"]
            found.append(Node(destination["URI"], destination["FLAGS"].startswith("A")))
    return found


def reload_trunks(*, to: Instance = instance) -> None:
    """Read again what `config.write_trunks` wrote."""
    call("permissions.addressReload", to=to)
    call("htable.reload", "trunk", to=to)


def table(name: str, *, to: Instance = instance) -> dict[str, Any]:
    """Everything in one of Kamailio's hash tables."""
    return {
        item["name"]: item["value"] for bucket in call("htable.dump", name, to=to) for item in bucket["slot"]
    }


def provider_registrations(*, to: Instance = instance) -> list[dict[str, Any]]:
    """The registrations at providers, as Kamailio's uac.reg_dump has them."""
    answer = call("uac.reg_dump", to=to)
    return answer if isinstance(answer, list) else [answer] if answer else []


def register_again(contact: str, *, to: Instance = instance) -> None:
    """Read an account at a provider from `registrations.db` and register with it."""
    call("uac.reg_refresh", contact, to=to)


def stop_registering(contact: str, *, to: Instance = instance) -> None:
    """Let the registration with this Contact run out."""
    _done("uac.reg_remove", contact, to=to)


def reload_tls(*, to: Instance = instance) -> None:
    """Read tls.cfg again; connections that are open keep what they have."""
    call("tls.reload", to=to)


def published(*, to: Instance = instance) -> list[tuple[str, str, str]]:
    """The documents that lamps show: (extension, event, entity tag)."""
    entries = call("presence.presentity_list", to=to, timeout=15)
    return [(entry["user"], entry["event"], entry["etag"]) for entry in entries]


def statistics(*, to: Instance = instance) -> dict[str, int]:
    """Kamailio's counters, "group:name" to number: shmem:used_size (bytes), usrloc:location-contacts, …"""
    counters = {}
    for line in call("stats.get_statistics", "all", to=to):
        name, _equals, number = line.rpartition("=")
        counters[name.strip()] = int(number)
    return counters


def started(*, to: Instance = instance) -> datetime:
    """Since when this Kamailio runs (±1 s): another answer means that it was started again."""
    seconds = int(call("core.uptime", to=to)["uptime"])
    return datetime.now().astimezone() - timedelta(seconds=seconds)


def _done(method: str, *params: str | int, to: Instance) -> bool:
    try:
        call(method, *params, to=to)
    except EdgeRefusedError as error:
        if error.code == 404:
            return False
        raise
    return True


def _entries(table: str, to: Instance) -> Iterator[tuple[str, int]]:
    for bucket in call("htable.dump", table, to=to):
        for item in bucket["slot"]:
            yield item["name"], int(item["value"])


def _contact(extension: str, record: dict[str, Any]) -> Contact:
    agent = record["User-Agent"]
    return Contact(
        extension=extension,
        contact=record["Address"],
        source=source_of(record["Address"], record["Received"]),
        user_agent="" if agent == NOT_SET else agent[:160],
        expires=int(record["Expires"]),
    )


def source_of(contact: str, received: str = NOT_SET) -> str:
    """ "udp:192.0.2.7:5060" from a contact's URI, or from the one that its REGISTER came from when that is known."""
    uri = contact if received in (NOT_SET, "") else received
    address, *parameters = uri.partition(":")[2].rpartition("@")[2].split(";")
    transport = next((text[10:] for text in parameters if text.startswith("transport=")), "udp")
    return f"{transport.lower()}:{address}"
