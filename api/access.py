"""Who asks, and what they may."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja.security import SessionAuth

from accounts.models import User
from api.errors import Refused, Unknown
from telephony.models import Extension
from voicemail.models import Mailbox


class Session(SessionAuth):
    """The session of the web client; anything but reading needs the CSRF token too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        return user if user.is_authenticated and user.is_active else None


def user_of(request: HttpRequest) -> User:
    """Who asks."""
    return cast(User, request.user)


def extension_of(request: HttpRequest) -> Extension:
    """The extension of who asks. Raises Refused when they have none."""
    extension = own_extension(user_of(request))
    if extension is None:
        raise Refused("no_extension")
    return extension


def own_extension(user: User) -> Extension | None:
    """The extension of a user, if they have one that is in use."""
    extension = cast(Extension | None, getattr(user, "extension", None))
    return extension if extension is not None and extension.enabled else None


def number_of(user: User) -> str:
    """The number of a user's extension, or nothing."""
    extension = own_extension(user)
    return extension.number if extension else ""


def mailbox_of(request: HttpRequest) -> Mailbox:
    """The mailbox of who asks. Raises Unknown when they have none."""
    mailbox = Mailbox.objects.filter(extension=extension_of(request), enabled=True).first()
    if mailbox is None:
        raise Unknown
    return mailbox
