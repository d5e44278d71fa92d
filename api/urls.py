"""Addresses of the API. Its description is for everybody: it holds nothing of ours, and programs are made from it."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from pbxsite.api import api


@cache
def description() -> str:
    """The API in OpenAPI 3.1; it is the same for as long as the process lives."""
    return json.dumps(api.get_openapi_schema(), default=str)


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """What programs and their authors read."""
    return HttpResponse(description(), content_type="application/json")


urlpatterns = [path("openapi.json", openapi), path("", api.urls)]
