"""The asking user, and what they may do."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja.security import SessionAuth

from accounts.models import User
from api.errors import Refused
from telephony.extensions.models import Extension
from telephony.extensions.selectors import own_extension


class Session(SessionAuth):
    """The session of the web client; anything but reading needs the CSRF token too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        return user if user.is_authenticated and user.is_active else None


def user_of(request: HttpRequest) -> User:
    """The asking user."""
    return cast(User, request.user)


def extension_of(request: HttpRequest) -> Extension:
    """The extension of the asking user. Raises Refused when they have none."""
    extension = own_extension(user_of(request))
    if extension is None:
        raise Refused("no_extension")
    return extension
