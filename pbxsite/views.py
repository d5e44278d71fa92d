"""The pages of the site itself."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django.views.i18n import set_language

from accounts.actions import do_change_profile
from pbxsite.run.health import check_processes


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


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why a request can't be answered: usually somebody came by a name that the exchange does not go by."""
    text = _("The exchange does not understand what your browser asked.")
    if isinstance(exception, DisallowedHost):
        text = _(
            "The exchange does not go by the name “%(host)s”. "
            "Its administrator can add that to KIESTOON_HOSTS and start it again."
        ) % {"host": request.headers.get("host", "")[:120]}
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": [{"field": "", "message": text}]}, status=400)
    return render(request, "400.html", {"text": text}, status=400)


def choose_language(request: HttpRequest) -> HttpResponse:
    """The buttons on top of a page: for this browser, and for a signed-in user everywhere."""
    chosen = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        do_change_profile(request.user, language=chosen)
    return set_language(request)
