"""How the trunks are doing: Kamailio is asked every few seconds, and what changed goes to the database, to Redis for
the media nodes, and to everybody who looks on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pbxsite.instance import Instance
from telephony.edge import config, peers, providers, rpc
from telephony.edge.events import TrunkNews, trunk_changed
from telephony.trunks.models import Trunk, TrunkEvent, TrunkState

ONGOING, ONLINE = 2, 4  # flags of Kamailio's uac.reg_dump
KEEP = timedelta(days=90)
NO_ADDRESS = "no address"
State = TrunkState.State


@dataclass(frozen=True, slots=True)
class Health:
    """A trunk as the edge sees it; `error` in the words of SIP."""

    state: str
    error: str = ""


def read_peers() -> list[peers.TrunkPeer]:
    """The trunks in use, as the edge wants them; one query."""
    return [
        peers.TrunkPeer(
            id=trunk.pk,
            host=trunk.host,
            port=trunk.port,
            username=trunk.username,
            password=trunk.password,
            addresses=trunk.addresses,
            domain=trunk.domain,
            register=trunk.expires if trunk.kind == Trunk.Kind.REGISTRATION else 0,
            transport=trunk.transport,
            verify=trunk.verify,
            authority=trunk.authority,
        )
        for trunk in Trunk.objects.filter(enabled=True).order_by("pk")
    ]


def apply(instance: Instance, peers: Iterable[peers.TrunkPeer]) -> None:
    """Write the trunks and let Kamailio use them. Raises rpc.EdgeError, OSError or sqlite3.Error."""
    peers = list(peers)
    if config.write_trunks(instance, peers):
        rpc.reload_tls(to=instance)
    before = rpc.table("trunk", to=instance)
    rpc.reload_trunks(to=instance)
    _forget_places(instance, before, rpc.table("trunk", to=instance))
    wanted = {
        str(row["l_uuid"]): row
        for peer in peers
        for row in providers.Provider.of(instance, peer).registration()
    }
    known = {record["l_uuid"]: record for record in rpc.provider_registrations(to=instance)}
    for contact in known.keys() - wanted.keys():
        rpc.stop_registering(contact, to=instance)
    for contact, row in wanted.items():
        record = known.get(contact)
        if record is None or any(str(record[name]) != str(row[name]) for name in COMPARED):
            rpc.register_again(contact, to=instance)


def _forget_places(instance: Instance, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """What is known of an address says nothing of the one that has taken its place in the trunk."""
    for table in ("trunk_down", "trunk_seen"):
        for way in rpc.table(table, to=instance):
            if before.get(way) != now.get(way):
                rpc.call("htable.delete", table, way, to=instance)


COMPARED = ("r_username", "r_domain", "auth_username", "auth_password", "auth_proxy", "expires")


def look(
    instance: Instance, peers: Iterable[peers.TrunkPeer], before: Mapping[int, Health]
) -> dict[int, Health]:
    """How each of these trunks is doing now. Raises rpc.EdgeError."""
    down = set(rpc.table("trunk_down", to=instance))
    seen = set(rpc.table("trunk_seen", to=instance))
    errors = rpc.table("trunk_error", to=instance)
    places = rpc.table("trunk", to=instance)
    records = {
        trunk: record
        for record in rpc.provider_registrations(to=instance)
        if (trunk := providers.trunk_of(record["l_uuid"])) is not None
    }
    found = {}
    for peer in peers:
        ways = [f"{peer.id}:{number}" for number in range(int(places.get(f"{peer.id}:n", 0)))]
        if not ways:
            problem = places.get(f"{peer.id}:problem", NO_ADDRESS)
            found[peer.id] = Health(State.AWAY, f"{peer.host}: {problem}"[:200])
        elif all(way in down for way in ways):
            found[peer.id] = Health(State.AWAY, "no answer")
        elif peer.register:
            record = records.get(peer.id, {})
            found[peer.id] = _registered(peer, record, errors, before.get(peer.id))
        elif any(way in seen and way not in down for way in ways):
            found[peer.id] = Health(State.REACHABLE)
        else:
            found[peer.id] = Health(State.UNKNOWN)
    return found


def withheld(peers: Iterable[peers.TrunkPeer], health: Mapping[int, Health]) -> bool:
    """Whether a trunk cannot be used at all because of its name or certificate: worth another look soon."""
    return any(peer.id in health and health[peer.id].error.startswith(f"{peer.host}: ") for peer in peers)


def _registered(
    peer: peers.TrunkPeer, record: Mapping[str, Any], errors: Mapping[str, Any], before: Health | None
) -> Health:
    flags = int(record.get("flags", 0))
    if flags & ONLINE and int(record["diff_expires"]) > 0:
        return Health(State.REGISTERED)
    if flags & ONGOING or not record:
        # Asking right now: what was true before still is.
        return before or Health(State.UNKNOWN)
    domain = str(record["r_domain"]).partition(":")[0]
    error = errors.get(f"{peer.username}@{domain}") or "no answer"
    return Health(State.AWAY, str(error)[:200])


def store(found: Mapping[int, Health]) -> list[TrunkNews]:
    """Write the states that changed; the news of them. Three queries when nothing did."""
    now = timezone.now()
    rows = {row.trunk_id: row for row in TrunkState.objects.all()}
    names = dict(Trunk.objects.values_list("pk", "name"))
    news = []
    for trunk, health in found.items():
        row = rows.get(trunk)
        if trunk not in names or (row and (row.state, row.error) == (health.state, health.error)):
            continue
        since = row.since if row and row.state == health.state else now
        TrunkState.objects.update_or_create(
            trunk_id=trunk, defaults={"state": health.state, "error": health.error, "since": since}
        )
        if health.state != State.UNKNOWN:
            TrunkEvent.objects.create(trunk_id=trunk, at=now, state=health.state, error=health.error)
        news.append(trunk_changed(trunk, names[trunk], health.state, health.error, since))
    if news:
        TrunkEvent.objects.filter(at__lt=now - KEEP).delete()
    TrunkState.objects.exclude(trunk_id__in=found).delete()
    return news


def picture(found: Mapping[int, Health]) -> dict[str, str]:
    """The Redis hash that media nodes read: trunk id to state."""
    return {
        str(trunk): json.dumps({"state": health.state, "error": health.error})
        for trunk, health in found.items()
    }
