"""The page that the web client runs in. What Vite built is found by the manifest that it leaves."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from pbxsite.http.middleware import RULES, policy_of
from telephony import features

ENTRY = "src/main.ts"
FOLDER = "client"  # below STATIC_URL
# Beside what holds for every page: pictures that a page makes itself, sound that it fetched.
POLICY = RULES | {
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob: mediastream:",
    "form-action": "'self'",
}


def paths() -> str:
    """A pattern of the addresses under which the client shows pages of features; it knows what comes after."""
    names = (name for feature in features.every() for name in feature.pages)
    return rf"(?:{'|'.join(names)})(?:/.*)?"


class Build(NamedTuple):
    """Addresses of what the page loads."""

    script: str
    styles: tuple[str, ...]
    modules: tuple[str, ...]  # that the script will import at once


def build() -> Build | None:
    """What is served now; None when nothing was built and collected."""
    # A newer build is of no use before `collectstatic` has brought its files to where they are served from.
    folder = settings.CLIENT_DIST if settings.DEBUG else Path(settings.STATIC_ROOT) / FOLDER
    path = folder / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@cache
def _read(path: Path, _written: int) -> Build:
    manifest: dict[str, Any] = json.loads(path.read_text())
    names = [ENTRY]
    for name in names:
        names += [name for name in manifest[name].get("imports", ()) if name not in names]
    address = f"{settings.STATIC_URL}{FOLDER}/"
    return Build(
        script=address + manifest[ENTRY]["file"],
        styles=tuple(address + style for name in names for style in manifest[name].get("css", ())),
        modules=tuple(address + manifest[name]["file"] for name in names[1:]),
    )


def policy(request: HttpRequest) -> str:
    """The Content-Security-Policy. SIP over WebSocket is at a port of the same host, or where it is set to be."""
    host = request.get_host()
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    sources = ["'self'", f"ws://{name}:*", f"wss://{name}:*"]
    if settings.SIP_SOCKET_URL:
        elsewhere = urlsplit(settings.SIP_SOCKET_URL)
        sources.append(f"{elsewhere.scheme}://{elsewhere.netloc}")
    return policy_of(POLICY | {"connect-src": " ".join(sources)})


@require_safe
@never_cache
@login_required
@ensure_csrf_cookie
def client(request: HttpRequest, path: str = "") -> HttpResponse:
    """The web client for signed-in users, the way to the sign-in page for others."""
    built = build()
    response = render(request, "client.html", {"build": built}, status=200 if built else 503)
    response["Content-Security-Policy"] = policy(request)
    response["Permissions-Policy"] = (
        "microphone=(self), camera=(self), speaker-selection=(self), geolocation=()"
    )
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response
