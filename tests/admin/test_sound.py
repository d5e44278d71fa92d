"""Voicemail and recordings are listened to by those with the right, and go when their row goes."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from pbxsite.instance import instance
from tests.rig.web import make_message, post, sign_in
from voicemail.models import Mailbox, Message

pytestmark = [
    pytest.mark.django_db,
    # The sound is streamed for the ASGI server; the test's browser is not one.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


def sound_of(message: Message) -> str:
    return f"/admin/voicemail/message/{message.pk}/sound/"


def test_a_message_is_played_whole(admin: Client, mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    answer = admin.get(sound_of(message))
    assert answer.status_code == 200
    assert b"".join(answer) == message.path.read_bytes()
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(message.path.stat().st_size)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, 16043),
        ("bytes=-44", 16000, 16043),
        ("bytes=16000-99999", 16000, 16043),
    ],
)
def test_a_player_may_jump(admin: Client, mailbox: Mailbox, asked: str, first: int, last: int) -> None:
    message = make_message(mailbox)
    answer = admin.get(sound_of(message), headers={"range": asked})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/16044"
    assert b"".join(answer) == message.path.read_bytes()[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=16044-", "bytes=99-1", "bytes=-0", "bytes=-"])
def test_a_jump_past_the_end_is_refused(admin: Client, mailbox: Mailbox, asked: str) -> None:
    answer = admin.get(sound_of(make_message(mailbox)), headers={"range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */16044"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "lines=1-2", "bytes=a-b"])
def test_a_range_that_is_not_understood_brings_everything(
    admin: Client, mailbox: Mailbox, asked: str
) -> None:
    answer = admin.get(sound_of(make_message(mailbox)), headers={"range": asked})
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, "16044")


def test_the_right_to_see_messages_is_the_right_to_hear_them(clerk: User, mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    assert sign_in(clerk).get(sound_of(message)).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_message"))
    clerk = User.objects.get(pk=clerk.pk)
    assert sign_in(clerk).get(sound_of(message)).status_code == 200


def test_a_file_outside_the_folder_is_never_played(admin: Client, mailbox: Mailbox) -> None:
    (instance.voicemail.parent / "secret.wav").write_bytes(b"RIFF")
    for file in ("../secret.wav", str(instance.voicemail.parent / "secret.wav"), "gone.wav", ""):
        message = Message.objects.create(mailbox=mailbox, caller="1", duration=1, file=file)
        assert admin.get(sound_of(message)).status_code == 404


def test_the_page_of_a_message_has_a_player(admin: Client, mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    page = admin.get(f"/admin/voicemail/message/{message.pk}/change/").content.decode()
    assert re.search(rf'<audio controls [^>]*src="{sound_of(message)}"', page)


def test_deleting_a_message_removes_its_sound(admin: Client, mailbox: Mailbox) -> None:
    gone, kept = make_message(mailbox, "a"), make_message(mailbox, "b")
    post(admin, f"/admin/voicemail/message/{gone.pk}/delete/", {"post": "yes"})
    assert list(Message.objects.all()) == [kept]
    assert not gone.path.exists() and kept.path.exists()


def test_deleting_several_messages_removes_their_sounds(admin: Client, mailbox: Mailbox) -> None:
    messages = [make_message(mailbox, name) for name in "abc"]
    form = {
        "action": "delete_selected",
        "_selected_action": [message.pk for message in messages[:2]],
        "post": "yes",
    }
    post(admin, "/admin/voicemail/message/", form)
    assert [message.path.exists() for message in messages] == [False, False, True]
    assert list(Message.objects.all()) == messages[2:]


def test_deleting_an_extension_removes_the_sounds_in_its_mailbox(admin: Client, mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    post(admin, f"/admin/telephony/extension/{mailbox.extension_id}/delete/", {"post": "yes"})
    assert not Message.objects.exists()
    assert not message.path.exists()
