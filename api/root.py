"""The API: its parts, its address and its description in OpenAPI."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from ninja import NinjaAPI

from api import errors, live_calls, log, me, messages, people, phone, reach, snapshot
from api.access import Session

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
errors.install(api)
# Before the log: "live" would otherwise be taken for a call's id.
for part in (me, snapshot, people, live_calls, log, messages, phone, reach):
    api.add_router("", part.router)
