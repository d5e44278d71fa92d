"""The API: its parts, its address and its description in OpenAPI."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from ninja import NinjaAPI

from accounts.api import router as account
from api.access import Session
from api.errors import install
from api.live.snapshot import router as snapshot
from presence.api import router as reachability
from presence.team import router as team
from telephony.api.log import router as calls
from telephony.api.phone import router as phone
from telephony.api.simulate import router as simulator
from voicemail.api import router as voicemail

api = NinjaAPI(
    title="Kiestoon",
    version="1",
    description="Everything that the web client does. Sign in with a session; send the CSRF token with changes.",
    urls_namespace="api",
    auth=Session(),
    docs_decorator=login_required,
    openapi_url="/openapi.json",
    docs_url="/docs",
)
install(api)
for router in (account, snapshot, team, calls, reachability, phone, voicemail, simulator):
    api.add_router("", router)
