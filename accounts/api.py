"""Who I am, what I may, and my own settings: language, theme, mobile number, picture."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import translation
from ninja import File, Router, UploadedFile
from typing_extensions import TypedDict

from accounts.actions import do_change_profile, do_set_picture
from accounts.models import User
from api import pictures
from api.access import extension_of, own_extension, user_of
from api.people import picture_url
from api.shapes import Input, Line
from presence.actions import do_save_settings
from telephony.events import Language, Theme
from telephony.models import Extension
from telephony.recordings.selectors import may_hear_all

router = Router(tags=["me"])

# What the client may show; an entry is added when its feature works.
FEATURES = ("team", "dial", "calls", "voicemail", "settings", "forwarding", "recordings", "simulate")


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
    """Who I am; `extension` is None for somebody without a telephone."""

    user: Account
    extension: str | None
    mobile: str
    rights: Rights
    features: list[str]


class Wishes(Input):
    """The settings to change; what is left out stays."""

    language: Language | None = None
    theme: Theme | None = None
    mobile: Line | None = None


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
        "features": list(FEATURES),
    }


def recordings_of(user: User, extension: Extension | None) -> Literal["none", "own", "department", "all"]:
    """Whose recordings the user may hear."""
    if may_hear_all(user):
        return "all"
    return extension.recordings if extension else "none"  # type: ignore[return-value]


def mobile_of(extension: Extension | None) -> str:
    """The mobile number that somebody entered, or nothing."""
    presence = getattr(extension, "presence", None)
    return presence.mobile if presence else ""


@router.get("/me", response=Me, summary="Who I am")
def get_me(request: HttpRequest) -> Me:
    get_token(request)  # the cookie that changes are sent with
    return me_of(user_of(request))


@router.patch("/me", response=Me, summary="Change my settings")
def patch_me(request: HttpRequest, response: HttpResponse, given: Wishes) -> Me:
    user = user_of(request)
    with transaction.atomic():
        if given.mobile is not None:
            extension = extension_of(request)
            extension.presence = do_save_settings(extension, mobile=given.mobile)
        do_change_profile(user, language=given.language, theme=given.theme)
    if given.language:
        translation.activate(given.language)
        # For the sign-in page, which does not know who will.
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, given.language, samesite="Lax", secure=request.is_secure()
        )
    return me_of(user)


@router.post("/me/picture", response=Me, summary="Change my picture")
def post_picture(request: HttpRequest, picture: File[UploadedFile]) -> Me:
    user = user_of(request)
    do_set_picture(user, pictures.save(picture))
    return me_of(user)


@router.delete("/me/picture", response=Me, summary="Remove my picture")
def delete_picture(request: HttpRequest) -> Me:
    user = user_of(request)
    do_set_picture(user, "")
    return me_of(user)


@router.get("/pictures/{name}", include_in_schema=False)
def get_picture(request: HttpRequest, name: str) -> FileResponse:
    """For everybody inside; a new picture has a new name, so that this one may be kept for long."""
    path = pictures.find(name)
    if path is None:
        raise Http404
    answer = FileResponse(path.open("rb"), content_type=pictures.CONTENT_TYPE)
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
