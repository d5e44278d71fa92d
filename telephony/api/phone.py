"""My devices, and the browser as one of them."""

from __future__ import annotations

import re
from typing import Any, Literal

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from typing_extensions import TypedDict

import live
from accounts.models import User
from api.access import extension_of, user_of
from api.errors import Refused, Unknown
from api.shapes import Flag, Id, Input, Key
from pbxsite.instance import instance
from pbxsite.run.health import check_processes
from telephony.edge.models import Registration
from telephony.edge.registrations import do_end_registration
from telephony.extensions.browsers import LASTING, do_end_browser, do_lend_browser, session_mark
from telephony.extensions.models import Device, Extension

router = Router(tags=["phone"])

LIGHT = "kiestoon:light:{device}"
SIGNED_OUT = "kiestoon:signed-out:{device}"  # a tab that was told, by another one, to ring no more
LIGHT_SECONDS = 120  # a browser that does not say it again by then is not there any more


class DeviceInfo(TypedDict):
    """One of my devices. `can_ring` is what a browser said of itself a moment ago, None when it said nothing."""

    id: int
    label: str
    kind: Literal["desk", "soft", "browser"]
    registered: bool
    address: str
    user_agent: str
    since: str | None
    here: bool  # a browser of this session
    can_ring: bool | None


class SipCredentials(TypedDict):
    """What a browser registers with; they end with the session, and half a day from now at the latest."""

    device_id: int
    username: str
    password: str
    uri: str
    realm: str
    socket_url: str
    expires: str


class Browser(Input):
    """Which device this tab had, if any: it keeps that one."""

    device_id: Key | None = None


class Light(Input):
    """Whether this tab can ring right now, and if not, why."""

    can_ring: Flag
    lacking: list[Literal["socket", "registration", "microphone", "sound"]] = []


class Network(TypedDict):
    """What the network test compares with: which parts of the exchange are well, and where its socket for SIP is."""

    sip: bool
    relay: bool
    media: bool
    live: bool
    socket_url: str
    time: float  # Unix seconds


@router.get("/devices", response=list[DeviceInfo], summary="My devices")
def list_devices(request: HttpRequest) -> list[DeviceInfo]:
    return devices_of(extension_of(request), request.session.session_key or "")


def devices_of(extension: Extension, session_key: str) -> list[DeviceInfo]:
    """The devices of an extension that are in use: two queries, and one look at Redis."""
    mark = session_mark(session_key)
    newest = Prefetch("registrations", Registration.objects.order_by("-since"))
    rows = list(
        extension.devices.filter(enabled=True)
        .exclude(expires__lte=timezone.now())
        .order_by("created")
        .prefetch_related(newest)
    )
    lights: Any = live.client().mget([LIGHT.format(device=row.pk) for row in rows]) if rows else []
    return [_shown(row, row.session == mark, light) for row, light in zip(rows, lights, strict=True)]


def _shown(device: Device, here: bool, light: str | None) -> DeviceInfo:
    found = list(device.registrations.all())
    first = found[0] if found else None
    return {
        "id": device.pk,
        "label": device.label,
        "kind": device.kind,  # type: ignore[typeddict-item]
        "registered": bool(found),
        "address": first.source if first else "",
        "user_agent": first.user_agent if first else "",
        "since": first.since.isoformat() if first else None,
        "here": here,
        "can_ring": None if light is None else light == "1",
    }


@router.delete("/devices/{device_id}/registration", response={204: None}, summary="Sign a device out")
def delete_registration(request: HttpRequest, device_id: Id) -> tuple[int, None]:
    device = _mine(request, device_id)
    for registration in device.registrations.all():
        do_end_registration(registration)
    if device.session:
        # A browser would register again at once, or ask for another secret.
        do_sign_browser_out(user_of(request), device, request.session.session_key or "")
    return 204, None


def do_sign_browser_out(user: User, device: Device, session_key: str) -> None:
    """End the session of a browser, which then asks for a password; a tab of `session_key` just rings no more."""
    if device.session == session_mark(session_key):
        live.client().set(SIGNED_OUT.format(device=device.pk), "1", ex=int(LASTING.total_seconds()))
    for session in UserSession.objects.filter(user=user).exclude(session_key=session_key):
        if session_mark(session.session_key) == device.session:
            session.end()
    do_end_browser(device)


@router.put("/devices/{device_id}/light", response={204: None}, summary="Say whether this browser can ring")
def put_light(request: HttpRequest, device_id: Id, given: Light) -> tuple[int, None]:
    device = _mine(request, device_id)
    if device.session != session_mark(request.session.session_key or ""):
        raise Unknown
    value = "1" if given.can_ring and not given.lacking else "0"
    live.client().set(LIGHT.format(device=device.pk), value, ex=LIGHT_SECONDS)
    return 204, None


def _mine(request: HttpRequest, device_id: int) -> Device:
    found = extension_of(request).devices.filter(pk=device_id).first()
    if found is None:
        raise Unknown
    return found


@router.post("/phone/credentials", response=SipCredentials, summary="Make this browser a telephone")
def post_credentials(request: HttpRequest, given: Browser) -> SipCredentials:
    extension = extension_of(request)
    if request.session.session_key is None:  # pragma: no cover - a signed-in user has one
        request.session.create()
    if given.device_id and live.client().exists(SIGNED_OUT.format(device=given.device_id)):
        raise Refused("signed_out")
    label = browser_name(request.headers.get("User-Agent", ""))
    device, secret = do_lend_browser(extension, str(request.session.session_key), label, given.device_id)
    assert device.expires is not None
    return {
        "device_id": device.pk,
        "username": device.username,
        "password": secret,
        "uri": f"sip:{extension.number}@{instance.realm}",
        "realm": instance.realm,
        "socket_url": socket_url(request),
        "expires": device.expires.isoformat(),
    }


@router.get("/network", response=Network, summary="What the network test asks")
def get_network(request: HttpRequest) -> Network:
    health = check_processes()
    return {
        "sip": health["edge"]["ok"],
        "relay": health["relay"]["ok"],
        "media": health["media"]["ok"],
        "live": health["redis"]["ok"],
        "socket_url": socket_url(request),
        "time": timezone.now().timestamp(),
    }


def socket_url(request: HttpRequest) -> str:
    """Where a browser that came by this request reaches SIP over WebSocket (RFC 7118)."""
    if settings.SIP_SOCKET_URL:
        return str(settings.SIP_SOCKET_URL)
    host = re.sub(r":[0-9]+$", "", request.get_host())
    if request.is_secure():
        return f"wss://{host}:{instance.tls_port}/"
    return f"ws://{host}:{instance.ws_port}/"


def browser_name(user_agent: str) -> str:
    """A browser in words that its owner recognises, such as "Firefox, Windows"."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
    systems += (("Mac OS", "macOS"), ("Linux", "Linux"))  # type: ignore[assignment]
    found = [next((name for mark, name in kinds if mark in user_agent), "") for kinds in (browsers, systems)]
    return ", ".join(one for one in found if one) or "browser"
