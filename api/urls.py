"""Addresses of the API. Its description is for everybody: it holds nothing of ours, and programs are made from it."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from api.root import api


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """OpenAPI 3.1."""
    return JsonResponse(api.get_openapi_schema(), json_dumps_params={"default": str})


urlpatterns = [path("openapi.json", openapi), path("", api.urls)]
