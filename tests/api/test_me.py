"""What I am told of myself and change: name, language, picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.actions import do_change_profile
from accounts.models import User
from tests.rig.api import Someone, picture, upload

pytestmark = pytest.mark.django_db


def test_i_am_told_who_i_am(anna: Someone) -> None:
    me = anna.get("/me")
    assert me["user"] == {
        "id": anna.user.pk,
        "name": "Anna",
        "email": "anna@example.org",
        "language": "en",
        "theme": "system",
        "picture": "",
        "is_staff": False,
    }
    assert me["extension"] == "100" and me["rights"]["listen_in"] is False


def test_language_theme_and_mobile_number_are_mine_to_change(anna: Someone) -> None:
    answer = anna.ask("PATCH", "/me", {"language": "nl", "theme": "dark", "mobile": "06 12345678"})
    assert answer.status_code == 200
    me = anna.get("/me")
    assert (me["user"]["language"], me["user"]["theme"], me["mobile"]) == ("nl", "dark", "+31612345678")


def test_two_changes_at_the_same_moment_do_not_undo_each_other(anna: Someone) -> None:
    one, other = User.objects.get(pk=anna.user.pk), User.objects.get(pk=anna.user.pk)
    do_change_profile(one, language="nl")
    do_change_profile(other, theme="dark")
    me = anna.get("/me")["user"]
    assert (me["language"], me["theme"]) == ("nl", "dark")


def test_complaints_are_in_my_own_language(anna: Someone) -> None:
    del anna.browser.defaults["HTTP_ACCEPT_LANGUAGE"]
    anna.ask("PATCH", "/me", {"language": "nl"})
    complaint = anna.ask("PATCH", "/me", {"theme": "pink"}).json()["detail"][0]
    assert complaint == {"field": "theme", "message": "Dit is geen van de mogelijke waarden."}
    # The sign-in page of this browser speaks it too now, and what is chosen there changes nothing here.
    assert anna.browser.cookies["django_language"].value == "nl"
    anna.browser.cookies["django_language"] = "en"
    assert anna.ask("PATCH", "/me", {"theme": "pink"}).json()["detail"] == [complaint]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_drawn_anew_and_seen_by_colleagues(anna: Someone, bert: Someone, kind: str) -> None:
    url = upload(anna, picture(kind)).json()["user"]["picture"]
    assert bert.get("/people")[0]["picture"] == url
    answer: Any = bert.browser.get(url)
    assert answer.headers["Content-Type"] == "image/webp"
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (shown.format, shown.size) == ("WEBP", (256, 256))


def test_a_new_picture_takes_the_place_of_the_old_one_and_can_be_removed(anna: Someone) -> None:
    first = upload(anna, picture()).json()["user"]["picture"]
    second = upload(anna, picture()).json()["user"]["picture"]
    assert anna.browser.get(first).status_code == 404 and anna.browser.get(second).status_code == 200
    anna.ask("DELETE", "/me/picture")
    assert anna.browser.get(second).status_code == 404 and anna.get("/me")["user"]["picture"] == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<script>alert(1)</script>", "This is no picture: use JPEG, PNG, WebP or GIF."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is no picture: use JPEG, PNG, WebP or GIF."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "This is no picture: use JPEG, PNG, WebP or GIF."),
        (b"x" * (5 * 1024 * 1024 + 1), "The picture is larger than 5 MB."),
    ],
    ids=["html", "svg", "broken", "large"],
)
def test_what_is_no_picture_or_too_large_is_refused(anna: Someone, content: bytes, message: str) -> None:
    answer = upload(anna, SimpleUploadedFile("me.png", content, "image/png"))
    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"field": "picture", "message": message}]}


def test_a_picture_of_too_many_pixels_is_refused(anna: Someone) -> None:
    answer = upload(anna, picture("PNG", (10_000, 5_000)))
    assert answer.json() == {"detail": [{"field": "picture", "message": "The picture has too many pixels."}]}
