"""Who may hear which recording, and what is written down about it."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from pbxsite.instance import instance
from telephony.calls.models import Call
from telephony.extensions.models import Department, Extension
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.recordings.models import Recording, RecordingParty, RecordingRule
from telephony.recordings.selectors import hearers_of, recordings_for
from telephony.sound.models import Prompt
from tests.rig.web import empty_inline, make_phone, post, sign_in

pytestmark = [
    pytest.mark.django_db,
    # The sound is streamed for the ASGI server; the test's browser is not one.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

SOUND = b"ID3" + bytes(range(250)) * 8


def person(number: str, department: Department | None = None, recordings: str = "own") -> User:
    user = User.objects.create_user(f"{number}@example.org", "secret", name=f"Person {number}")
    extension = make_phone(number, f"Person {number}").extension
    extension.user, extension.department, extension.recordings = user, department, recordings
    extension.save()
    return user


def record(name: str, *users: User) -> Recording:
    """A recording of a call between these people."""
    (instance.recordings / f"{name}.mp3").write_bytes(SOUND)
    recording = Recording.objects.create(
        call_id=name,
        file=f"{name}.mp3",
        started=timezone.now(),
        seconds=3,
        bytes=len(SOUND),
        state="compressed",
        expires=timezone.now() + datetime.timedelta(days=1),
    )
    for user in users:
        RecordingParty.objects.create(
            recording=recording,
            number=user.extension.number,
            name=user.name,
            extension=user.extension.number,
            user=user,
            department=user.extension.department,
        )
    return recording


def url(recording: Recording) -> str:
    return f"/recordings/{recording.pk}/sound"


@pytest.fixture
def sales(db: None) -> Department:
    return Department.objects.create(name="Verkoop")


@pytest.mark.parametrize(
    ("right", "status"),
    [
        ("none", (404, 404, 404)),
        ("own", (200, 404, 404)),
        ("department", (200, 200, 404)),
        ("all", (200,) * 3),
    ],
)
def test_a_recording_is_heard_by_those_with_the_right(
    sales: Department, right: str, status: tuple[int, int, int]
) -> None:
    anna = person("100", sales, right)
    colleague, stranger = person("101", sales), person("102")
    mine, theirs, other = record("a", anna, stranger), record("b", colleague, stranger), record("c", stranger)
    client = sign_in(anna)
    assert tuple(client.get(url(each)).status_code for each in (mine, theirs, other)) == status
    heard = [each for each, code in zip((mine, theirs, other), status, strict=True) if code == 200]
    assert set(recordings_for(anna)) == set(heard)
    assert [each for each in (mine, theirs, other) if anna.pk in hearers_of(each)] == heard
    assert LogEntry.objects.count() == len(heard)


def test_who_is_not_signed_in_hears_nothing_and_learns_nothing(client: Client, sales: Department) -> None:
    recording = record("a", person("100"))
    assert client.get(url(recording)).status_code == 403
    assert client.get("/recordings/99999/sound").status_code == 403
    assert not LogEntry.objects.exists()


def test_rights_do_not_move_with_the_desk(sales: Department) -> None:
    anna = person("100", sales)
    recording = record("a", anna)
    newcomer = User.objects.create_user("new@example.org", "secret", name="New")
    Extension.objects.filter(number="100").update(user=newcomer)
    assert sign_in(newcomer).get(url(recording)).status_code == 404
    assert hearers_of(recording) == set()
    assert list(recordings_for(User.objects.get(pk=newcomer.pk))) == []


def test_an_account_that_is_switched_off_hears_nothing(sales: Department) -> None:
    anna = person("100", recordings="all")
    recording = record("a", anna)
    anna.is_active = False
    anna.save()
    assert not recordings_for(anna).exists()
    assert hearers_of(recording) == set()


def test_an_extension_that_is_switched_off_gives_no_right(sales: Department) -> None:
    anna = person("100", recordings="all")
    record("a", anna)
    Extension.objects.update(enabled=False)
    assert not recordings_for(User.objects.get(pk=anna.pk)).exists()
    assert hearers_of(Recording.objects.get()) == set()


def test_administrators_hear_everything(admin: Client, boss: User, clerk: User) -> None:
    recording = record("a", person("100"))
    assert admin.get(url(recording)).status_code == 200
    assert sign_in(clerk).get(url(recording)).status_code == 404
    assert clerk.pk not in hearers_of(recording)
    clerk.user_permissions.add(Permission.objects.get(codename="view_recording"))
    assert sign_in(User.objects.get(pk=clerk.pk)).get(url(recording)).status_code == 200
    assert {boss.pk, clerk.pk} <= hearers_of(recording)


def test_a_player_may_jump_and_the_file_may_be_saved(sales: Department) -> None:
    anna = person("100")
    recording = record("a", anna)
    client = sign_in(anna)
    answer = client.get(url(recording), headers={"range": "bytes=3-9"})
    assert (answer.status_code, b"".join(answer)) == (206, SOUND[3:10])
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert "no-store" in answer.headers["Cache-Control"]
    saved = client.get(f"{url(recording)}?download=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["Content-Disposition"].endswith('.mp3"')
    assert client.get(url(recording), headers={"range": "bytes=999999-"}).status_code == 416
    assert client.post(url(recording)).status_code == 405


def test_listening_and_saving_are_written_down_once_each(sales: Department) -> None:
    anna = person("100")
    recording = record("a", anna)
    client = sign_in(anna)
    for first in (0, 500, 1000):
        client.get(url(recording), headers={"range": f"bytes={first}-"})
    client.get(f"{url(recording)}?download=1")
    client.head(url(recording))
    entries = LogEntry.objects.order_by("id")
    assert [entry.additional_data["what"] for entry in entries] == ["listened", "downloaded"]
    for entry in entries:
        assert (entry.actor, entry.remote_addr, entry.object_id) == (anna, "127.0.0.1", recording.pk)
        assert "Person 100 (100)" in entry.object_repr


def test_a_path_never_comes_from_outside(admin: Client, sales: Department) -> None:
    recording = record("a", person("100"))
    (instance.recordings.parent / "secret.mp3").write_bytes(SOUND)
    Recording.objects.update(file="../secret.mp3")
    assert admin.get(url(recording)).status_code == 404
    assert admin.get("/recordings/..%2Fsecret.mp3/sound").status_code == 404


# --- the administration


def test_deleting_removes_file_and_row_and_is_written_down(admin: Client, boss: User) -> None:
    anna = person("100")
    first, second, third = record("a", anna), record("b", anna), record("c", anna)
    post(admin, f"/admin/telephony/recording/{first.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    post(admin, "/admin/telephony/recording/", chosen)
    assert list(Recording.objects.all()) == [third]
    assert [path.name for path in instance.recordings.iterdir()] == ["c.mp3"]
    entries = LogEntry.objects.filter(action=LogEntry.Action.DELETE)
    assert [(entry.actor, entry.remote_addr) for entry in entries] == [(boss, "127.0.0.1")] * 2


def test_the_list_is_searched_and_filtered(admin: Client, sales: Department) -> None:
    anna, bram = person("100", sales), person("101")
    record("a", anna)
    record("b", bram)
    page = "/admin/telephony/recording/"
    assert "Person 100" in (found := admin.get(f"{page}?q=Person+100").content.decode())
    assert "Person 101 (101)" not in found
    found = admin.get(f"{page}?department={sales.pk}").content.decode()
    assert "Person 100 (100)" in found and "Person 101 (101)" not in found
    assert admin.get(f"{page}?department=x").status_code == 200


def test_the_page_of_a_recording_has_a_player(admin: Client) -> None:
    recording = record("a", person("100"))
    page = admin.get(f"/admin/telephony/recording/{recording.pk}/change/").content.decode()
    assert f'src="{url(recording)}"' in page
    Recording.objects.update(state="lost")
    assert "<audio" not in admin.get(f"/admin/telephony/recording/{recording.pk}/change/").content.decode()


def test_the_page_of_a_call_plays_its_recordings_to_those_with_the_right(admin: Client, clerk: User) -> None:
    recording = record("c1", person("100"))
    Call.objects.create(
        id="c1", node="m", caller="100", dialled="101", direction="internal", started=timezone.now()
    )
    page = "/admin/telephony/call/c1/change/"
    assert f'src="{url(recording)}"' in admin.get(page).content.decode()
    clerk.user_permissions.add(Permission.objects.get(codename="view_call"))
    assert "<audio" not in sign_in(User.objects.get(pk=clerk.pk)).get(page).content.decode()


def test_the_audit_log_is_read_and_never_written(admin: Client, clerk: User) -> None:
    recording = record("a", person("100"))
    admin.get(url(recording))
    entry = LogEntry.objects.get()
    page = f"/admin/auditlog/logentry/{entry.pk}"
    assert "listened" in admin.get("/admin/auditlog/logentry/?what=listened").content.decode()
    assert "Person 100" in admin.get(f"{page}/change/").content.decode()
    assert admin.post(f"{page}/change/", {"remote_addr": "1.2.3.4"}).status_code == 403
    assert admin.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get("/admin/auditlog/logentry/add/").status_code == 403
    assert sign_in(clerk).get("/admin/auditlog/logentry/").status_code == 403


def test_a_rule_is_about_one_thing(admin: Client, sales: Department) -> None:
    page = "/admin/telephony/recordingrule/add/"
    post(admin, page, {"record": "on", "announce": "on"})
    assert not RecordingRule.objects.exists()
    post(admin, page, {"department": sales.pk, "record": "on", "keep_days": "14"})
    rule = RecordingRule.objects.get()
    assert (rule.department, rule.announce, rule.keep_days) == (sales, False, 14)


# --- prompts and receptionists


def wav(seconds: float, rate: int = 44100, channels: int = 2, kind: str = "WAV") -> bytes:
    tone = 0.5 * np.sin(2 * np.pi * 500 * np.arange(round(seconds * rate)) / rate)
    file = io.BytesIO()
    soundfile.write(file, np.stack([tone] * channels, axis=1), rate, format=kind)
    return file.getvalue()


def upload(admin: Client, content: bytes, name: str = "welcome.wav", **more: str) -> str:
    """Send a new prompt; the page that comes back."""
    form = {"number": "1", "name": "Welkom", "language": "nl", "text": "", **more}
    file = SimpleUploadedFile(name, content, "audio/wav")
    return post(admin, "/admin/telephony/prompt/add/", form | {"upload": file}).content.decode()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_an_uploaded_prompt_becomes_what_the_exchange_plays(admin: Client, kind: str) -> None:
    upload(admin, wav(1.5, kind=kind), f"../../welcome.{kind.lower()}")
    prompt = Prompt.objects.get()
    assert prompt.source == "upload"
    path = instance.prompts / prompt.file
    sound = soundfile.info(str(path))
    assert (sound.samplerate, sound.channels, sound.subtype) == (8000, 1, "PCM_16")
    assert sound.duration == pytest.approx(1.5, abs=0.06)
    assert list(instance.prompts.iterdir()) == [path]
    answer = admin.get(f"/admin/telephony/prompt/{prompt.pk}/sound/")
    assert b"".join(answer) == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no sound at all", "This is no sound that can be read"),
        (b"", "The submitted file is empty"),
        (b"RIFF\0\0\0\0WAVEfmt ", "This is no sound that can be read"),
        (wav(0.05), "The sound lasts 0.1 seconds"),
        (wav(400, 8000, 1), "The sound lasts 400.0 seconds"),
        (wav(2)[:44] + bytes(44100), "The sound is silent"),
    ],
)
def test_what_is_no_prompt_is_said_at_the_field(admin: Client, content: bytes, said: str) -> None:
    assert said in upload(admin, content)
    assert not Prompt.objects.exists()
    assert list(instance.prompts.iterdir()) == []


def test_a_file_that_is_too_large_is_refused(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.sound.prompts.LARGEST", 1_000_000)
    assert "The file is larger than 1 MB" in upload(admin, wav(10))


def test_a_prompt_needs_a_text_or_a_sound(admin: Client) -> None:
    form = {"number": "1", "name": "Welkom", "language": "nl", "text": " "}
    assert "Enter a text to speak" in post(admin, "/admin/telephony/prompt/add/", form).content.decode()


def test_a_new_sound_replaces_the_old_one_and_the_text_can_come_back(admin: Client) -> None:
    upload(admin, wav(1))
    prompt = Prompt.objects.get()
    first = instance.prompts / prompt.file
    page = f"/admin/telephony/prompt/{prompt.pk}/change/"
    form = {"number": "1", "name": "Welkom", "language": "nl", "text": "Welkom."}
    post(admin, page, form | {"upload": SimpleUploadedFile("b.wav", wav(2))})
    prompt.refresh_from_db()
    assert not first.exists() and (instance.prompts / prompt.file).exists()
    post(admin, page, form)
    prompt.refresh_from_db()
    assert prompt.source == "upload", "saving the page again must not lose the sound"
    post(admin, page, form | {"speak": "on"})
    prompt.refresh_from_db()
    assert (prompt.source, prompt.file) == ("text", "")
    assert prompt.seconds > 0.3
    assert list(instance.prompts.iterdir()) == []


def test_only_those_with_the_right_hear_a_prompt(admin: Client, clerk: User) -> None:
    upload(admin, wav(1))
    page = f"/admin/telephony/prompt/{Prompt.objects.get().pk}/sound/"
    assert sign_in(clerk).get(page).status_code == 403
    assert admin.get("/admin/telephony/prompt/999/sound/").status_code == 404


@pytest.fixture
def welcome(db: None) -> Prompt:
    return Prompt.objects.create(number=1, name="Welkom", text="Welkom.", language="nl")


def desk_form(welcome: Prompt, **more: str) -> dict[str, str]:
    keys = more.pop("keys", "0")
    return {
        "number": "800",
        "name": "Receptie",
        "language": "nl",
        "welcome": str(welcome.pk),
        "seconds": "5",
        "repeats": "2",
        "enabled": "on",
        **empty_inline("keys"),
        "keys-TOTAL_FORMS": keys,
        **more,
    }


def test_a_receptionist_with_keys_is_one_page(admin: Client, welcome: Prompt) -> None:
    make_phone("101")
    form = desk_form(welcome, keys="1") | {
        "keys-0-key": "1",
        "keys-0-kind": "extension",
        "keys-0-target": "101",
    }
    post(admin, "/admin/telephony/receptionist/add/", form)
    key = ReceptionistKey.objects.get()
    assert (key.receptionist.number, key.key, key.target) == ("800", "1", "101")
    page = admin.get(f"/admin/telephony/receptionist/{key.receptionist_id}/change/").content.decode()
    assert f"/admin/telephony/prompt/{welcome.pk}/sound/" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "101"}, "101 is the extension of Anna."),
        ({"number": "999"}, "999 is kept by the exchange itself."),
        ({"silent_kind": "extension", "silent_target": "555"}, "There is no extension 555."),
        ({"wrong_kind": "voicemail", "wrong_target": ""}, "A receptionist has no voicemail"),
        ({"closed_kind": "outside", "closed_target": "abc"}, "abc is not a telephone number."),
        ({"seconds": "0"}, "greater than or equal to 1"),
        ({"keys-TOTAL_FORMS": "1", "keys-0-key": "1", "keys-0-kind": "mobile"}, "A receptionist has no"),
        (
            {"name_key": "1", "keys-TOTAL_FORMS": "1", "keys-0-key": "1", "keys-0-kind": "busy"},
            "dials by name",
        ),
    ],
)
def test_what_leads_nowhere_is_said_at_the_field(
    admin: Client, welcome: Prompt, fields: dict[str, str], said: str
) -> None:
    make_phone("101", "Anna")
    page = post(admin, "/admin/telephony/receptionist/add/", desk_form(welcome) | fields).content.decode()
    assert said in page
    assert not Receptionist.objects.exists()


def test_a_prompt_in_use_cannot_be_deleted(admin: Client, welcome: Prompt) -> None:
    Receptionist.objects.create(number="800", name="Receptie", welcome=welcome)
    post(admin, f"/admin/telephony/prompt/{welcome.pk}/delete/", {"post": "yes"})
    assert Prompt.objects.exists()


def test_a_number_of_a_receptionist_is_taken(welcome: Prompt) -> None:
    from django.core.exceptions import ValidationError

    Receptionist.objects.create(number="800", name="Receptie", welcome=welcome)
    with pytest.raises(ValidationError, match="receptionist"):
        Extension(number="800", name="Anna").full_clean()


def test_no_sound_lies_outside_the_folder(admin: Client, welcome: Prompt) -> None:
    secret: Path = instance.prompts.parent / "secret.wav"
    secret.write_bytes(wav(1))
    Prompt.objects.update(file="../secret.wav")
    assert admin.get(f"/admin/telephony/prompt/{welcome.pk}/sound/").status_code == 404
