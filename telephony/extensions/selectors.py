"""Extensions as other rooms look for them."""

from __future__ import annotations

from typing import cast

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
