"""The two pages of the site itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from pbxsite.health import check_processes


def home(request: HttpRequest) -> HttpResponse:
    """Say what this is and where the administration lives."""
    return render(request, "home.html")


def health(request: HttpRequest) -> JsonResponse:
    """Each process's health; 200 when all are well, 503 otherwise."""
    processes = check_processes()
    well = all(process["ok"] for process in processes.values())
    return JsonResponse({"ok": well, "processes": processes}, status=200 if well else 503)
