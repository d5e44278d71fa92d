"""What holds for every page of a person who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import SignInPolicy, User

Next = Callable[[HttpRequest], HttpResponse]

# Where somebody without the second factor that they need can still go: to make one, or out.
OPEN_PATHS = ("/account/", "/static/", "/i18n/", "/healthz")


class UserLanguageMiddleware:
    """The person's own language, as everywhere else that they are signed in. Goes after authentication."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            language = request.user.language
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class SecondFactorMiddleware:
    """A person who must have a second factor and has none makes one first. Goes after messages."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS) or not request.user.is_authenticated:
            return self.get_response(request)
        if not lacks_second_factor(request.user):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            complaint = {"field": "", "message": _("Set up a second factor first.")}
            return JsonResponse({"detail": [complaint]}, status=403)
        messages.warning(request, _("Your organisation wants a second factor. Choose one to go on."))
        return redirect("mfa_index")


def lacks_second_factor(user: User) -> bool:
    """Whether the policy wants a second factor of `user` that is not there; one to three queries."""
    return bool(lacking_second_factor([user]))


def lacking_second_factor(users: Iterable[User]) -> set[int]:
    """The ids of these users for whom `lacks_second_factor` is true; one to three queries for all of them."""
    wanted = SignInPolicy.current().needing_second_factor(users)
    if not wanted:
        return wanted
    return wanted - set(Authenticator.objects.filter(user__in=wanted).values_list("user_id", flat=True))
