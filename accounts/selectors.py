"""What the web client shows of its user."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from accounts.models import User
from accounts.pictures import picture_url
from live.events import Language, Theme
from telephony import features
from telephony.extensions.models import Extension
from telephony.extensions.selectors import may_hear_all, own_extension


class Account(TypedDict):
    """The user."""

    id: int
    name: str
    email: str
    language: Language
    theme: Theme
    picture: str
    is_staff: bool


class Rights(TypedDict):
    """What the user may beyond their own calls."""

    recordings: Literal["none", "own", "department", "all"]
    listen_in: bool


class Me(TypedDict):
    """My account; `extension` is None for a user without a telephone."""

    user: Account
    extension: str | None
    mobile: str
    rights: Rights
    features: list[str]


def me_of(user: User) -> Me:
    """What the client shows of its user."""
    extension = own_extension(user)
    return {
        "user": {
            "id": user.pk,
            "name": user.name,
            "email": user.email,
            "language": "en" if user.language == "en" else "nl",
            "theme": user.theme,  # type: ignore[typeddict-item]
            "picture": picture_url(user.picture),
            "is_staff": user.is_staff,
        },
        "extension": extension.number if extension else None,
        "mobile": mobile_of(extension),
        "rights": {
            "recordings": recordings_of(user, extension),
            "listen_in": bool(extension and extension.may_listen_in),
        },
        "features": [name for feature in features.every() for name in feature.client],
    }


def recordings_of(user: User, extension: Extension | None) -> Literal["none", "own", "department", "all"]:
    """Which recordings the user may hear."""
    if may_hear_all(user):
        return "all"
    return extension.recordings if extension else "none"  # type: ignore[return-value]


def mobile_of(extension: Extension | None) -> str:
    """The mobile number that somebody entered, or nothing."""
    presence = getattr(extension, "presence", None)
    return presence.mobile if presence else ""


def favourites_of(user: User) -> list[str]:
    """The numbers of a user's favourites, in the order in which they were made."""
    return list(user.favourites.filter(extension__enabled=True).values_list("extension__number", flat=True))
