"""The pages of the site itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from pbxsite.health import check_processes


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def welcome(request: HttpRequest) -> HttpResponse:
    """Say what this is and where to sign in. For everybody."""
    return render(request, "welcome.html")


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Each process's health; 200 when all are well, 503 otherwise. For programs, so always in English."""
    processes = check_processes()
    well = all(process["ok"] for process in processes.values())
    return JsonResponse({"ok": well, "processes": processes}, status=200 if well else 503)
