"""Extensions as other rooms look for them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from telephony.extensions.models import Extension


def own_extension(user: User) -> Extension | None:
    """The extension of a user, if they have one that is in use."""
    extension = cast(Extension | None, getattr(user, "extension", None))
    return extension if extension is not None and extension.enabled else None


def number_of(user: User) -> str:
    """The number of a user's extension, or nothing."""
    extension = own_extension(user)
    return extension.number if extension else ""


def private_extensions() -> frozenset[str]:
    """The extensions that nobody else sees being on a call."""
    return frozenset(Extension.objects.filter(lamp_private=True).values_list("number", flat=True))


def may_hear_all(user: User | AnonymousUser) -> bool:
    """Administrators, and whose extension says "all"."""
    if not user.is_active:
        return False
    return recording_right(user) == Extension.Recordings.ALL or user.has_perm("telephony.view_recording")


def recording_right(user: Any) -> str:
    """Whose recordings a user may hear by their extension: one of `Extension.Recordings`."""
    extension = getattr(user, "extension", None)
    return extension.recordings if extension is not None and extension.enabled else Extension.Recordings.NONE
