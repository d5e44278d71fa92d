"""The API: its parts, its address and its description in OpenAPI."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from ninja import NinjaAPI

from api import errors, log, me, messages, people, phone, reach, simulate, snapshot
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
for part in (me, snapshot, people, log, messages, phone, reach, simulate):
    api.add_router("", part.router)
