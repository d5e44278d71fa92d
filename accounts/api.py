"""My account: name, rights and own settings (language, theme, mobile number, picture)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import translation
from ninja import File, Router, UploadedFile

from accounts import pictures
from accounts.actions import do_change_profile, do_set_picture
from accounts.selectors import Me, me_of
from api.access import extension_of, user_of
from api.shapes import Input, Line
from live.events import Language, Theme
from presence.actions import do_save_settings

router = Router(tags=["me"])


class Wishes(Input):
    """The settings to change; what is left out stays."""

    language: Language | None = None
    theme: Theme | None = None
    mobile: Line | None = None


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
        # For the sign-in page, which does not know yet who signs in.
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
