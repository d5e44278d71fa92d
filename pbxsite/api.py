"""The API: the parts that features hand in, its address and its description in OpenAPI."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from ninja import NinjaAPI
from ninja.operation import Operation

from api.access import Session
from api.errors import install
from api.live.snapshot import router as snapshot
from telephony import features
from telephony.edge.rpc import EdgeError


class Api(NinjaAPI):
    """The exchange's API. An operation is known by the name of its function, wherever that moves."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title="Kiestoon",
    version="1",
    description="Everything that the web client does. Sign in with a session; send the CSRF token with changes.",
    urls_namespace="api",
    auth=Session(),
    docs_decorator=login_required,
    openapi_url="/openapi.json",
    docs_url="/docs",
)
install(api, away=(EdgeError,))
for router in (snapshot, *(router for feature in features.every() for router in feature.routers)):
    api.add_router("", router)
