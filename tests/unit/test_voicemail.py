"""Messages: kept thirty days, mailed once, behind a PIN."""

from __future__ import annotations

import datetime
import time
import wave
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from accounts.models import User
from voicemail import actions, selectors, tasks
from voicemail.models import FAILURES_BEFORE_LOCK, Mailbox, Message

HOUR = datetime.timedelta(hours=1)


def make_message(box: Mailbox, name: str = "a", **more: Any) -> Message:
    """A message of one second with its sound on the disk."""
    box.folder.mkdir(parents=True, exist_ok=True)
    path = box.folder / f"{name}.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(250)) * 64)
    with TestCase.captureOnCommitCallbacks(execute=True):
        message = actions.do_store_message(box, path, duration=1000, caller="101", caller_name="Bram Visser")
    Message.objects.filter(pk=message.pk).update(**more)
    message.refresh_from_db()
    return message


def delete(message: Message) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.do_delete_message(message)


# --- thirty days


def test_after_thirty_days_a_message_goes_row_and_sound_together(mailbox: Mailbox, settings: Any) -> None:
    settings.VOICEMAIL_KEEP_DAYS = 30
    now = timezone.now()
    old = make_message(mailbox, "old", created=now - datetime.timedelta(days=30, minutes=1))
    recent = make_message(mailbox, "recent", created=now - datetime.timedelta(days=29, hours=23))
    with TestCase.captureOnCommitCallbacks(execute=True):
        tasks.purge_messages()
    assert list(Message.objects.all()) == [recent]
    assert recent.path.exists()
    assert not old.path.exists()


def test_a_message_whose_sound_is_gone_can_be_deleted(mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    message.path.unlink()
    delete(message)
    assert not Message.objects.exists()


def test_a_deletion_that_is_rolled_back_leaves_the_sound(mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.do_delete_message(message)
        raise RuntimeError
    assert Message.objects.count() == 1
    assert Message.objects.get().path.exists()


def test_the_sound_goes_with_the_extension(mailbox: Mailbox) -> None:
    message = make_message(mailbox)
    with TestCase.captureOnCommitCallbacks(execute=True):
        mailbox.extension.delete()
    assert not Message.objects.exists()
    assert not message.path.exists()


def test_what_was_heard_counts_as_old(mailbox: Mailbox) -> None:
    first, _second = make_message(mailbox, "a"), make_message(mailbox, "b")
    assert selectors.count("100") == (2, 0)
    actions.do_mark_heard(first)
    heard = first.heard
    actions.do_mark_heard(first)
    assert first.heard == heard
    assert selectors.count("100") == (1, 1)
    assert selectors.counts() == {"100": (1, 1)}


# --- by e-mail


def owner_of(box: Mailbox) -> User:
    assert box.extension.user is not None
    return box.extension.user


def wants_mail(box: Mailbox, language: str = "nl") -> Message:
    box.send_email = True
    box.save()
    owner = owner_of(box)
    owner.language = language
    owner.save()
    return make_message(box)


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("nl", "Voicemail van Bram Visser", "Hallo Anna"), ("en", "Voicemail from Bram Visser", "Hello Anna")],
)
def test_a_message_is_mailed_in_its_owners_language_with_the_sound(
    mailbox: Mailbox, language: str, subject: str, words: str
) -> None:
    message = wants_mail(mailbox, language)
    tasks.mail_message(message.pk)
    (sent,) = mail.outbox
    assert sent.to == ["anna@example.org"]
    assert sent.subject == subject
    assert words in sent.body
    assert "Bram Visser (101)" in sent.body
    ((name, sound, kind),) = sent.attachments
    assert name.endswith(".wav")
    assert kind == "audio/wav"
    assert sound == message.path.read_bytes()


def test_a_message_is_mailed_once(mailbox: Mailbox) -> None:
    message = wants_mail(mailbox)
    tasks.mail_message(message.pk)
    tasks.mail_message(message.pk)
    assert len(mail.outbox) == 1
    assert Message.objects.get().emailed is not None


def test_nothing_is_mailed_that_is_not_wanted_or_not_there(mailbox: Mailbox) -> None:
    tasks.mail_message(make_message(mailbox, "unwanted").pk)
    tasks.mail_message(4711)
    message = wants_mail(mailbox)
    owner = owner_of(mailbox)
    owner.email = ""
    owner.save()
    tasks.mail_message(message.pk)
    mailbox.extension.user = None
    mailbox.extension.save()
    tasks.mail_message(message.pk)
    assert mail.outbox == []


def test_a_name_with_a_line_break_does_not_break_the_mail(mailbox: Mailbox) -> None:
    message = wants_mail(mailbox)
    Message.objects.update(caller_name="Bram\r\nBcc: everybody@example.org")
    tasks.mail_message(message.pk)
    (sent,) = mail.outbox
    assert sent.recipients() == ["anna@example.org"]
    assert "\n" not in sent.subject


def test_what_could_not_be_mailed_at_once_is_mailed_later(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.mail_message, "delay", asked.append)
    wants_mail(mailbox)
    now = timezone.now()
    waiting = make_message(mailbox, "waiting", created=now - HOUR)
    make_message(mailbox, "sent", created=now - HOUR, emailed=now)
    make_message(mailbox, "too-old", created=now - 72 * HOUR)
    tasks.mail_waiting_messages()
    assert asked == [waiting.pk]


def test_messages_from_before_the_wish_are_not_mailed(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.mail_message, "delay", asked.append)
    earlier = make_message(mailbox, "earlier", created=timezone.now() - HOUR)
    wants_mail(mailbox)
    tasks.mail_waiting_messages()
    assert asked == []
    tasks.mail_message(earlier.pk)
    assert mail.outbox == []


def test_two_workers_do_not_mail_one_message_twice(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    message = wants_mail(mailbox)
    send, sent = tasks._mail, []

    def slowly(*about: Any) -> None:
        """While the mail server takes its time, another worker finds the same message in the queue."""
        sent.append(about)
        if len(sent) < 3:
            tasks.mail_message(message.pk)
        send(*about)

    monkeypatch.setattr(tasks, "_mail", slowly)
    tasks.mail_message(message.pk)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_refuses_is_asked_again_later_but_not_at_once(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.mail_message, "delay", asked.append)
    message = wants_mail(mailbox)
    Message.objects.update(created=timezone.now() - HOUR)
    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", refuse)
        tasks.mail_message(message.pk)
    tasks.mail_waiting_messages()
    assert (asked, mail.outbox) == ([], [])
    Message.objects.update(email_tried=timezone.now() - actions.EMAIL_PAUSE)
    tasks.mail_waiting_messages()
    assert asked == [message.pk]
    tasks.mail_message(message.pk)
    assert len(mail.outbox) == 1


def refuse(_mail: EmailMessage) -> None:
    raise ConnectionRefusedError


def test_a_caller_does_not_wait_for_a_broker_that_is_away(mailbox: Mailbox) -> None:
    began = time.monotonic()
    wants_mail(mailbox)
    assert time.monotonic() - began < 2


# --- PIN


def test_ten_wrong_pins_within_an_hour_lock_the_menu_for_an_hour(mailbox: Mailbox) -> None:
    for _mistake in range(FAILURES_BEFORE_LOCK - 1):
        actions.do_count_wrong_pin(mailbox)
    assert not mailbox.locked
    actions.do_count_wrong_pin(mailbox)
    assert mailbox.locked
    fresh = Mailbox.objects.get()
    assert fresh.locked
    assert fresh.locked_until is not None
    assert abs(fresh.locked_until - timezone.now() - HOUR) < datetime.timedelta(seconds=10)
    Mailbox.objects.update(locked_until=timezone.now() - datetime.timedelta(seconds=1))
    assert not Mailbox.objects.get().locked


def mistakes_ago(age: datetime.timedelta, **more: Any) -> None:
    """The mistakes so far were made so long ago."""
    times = Mailbox.objects.get().failure_times
    Mailbox.objects.update(failure_times=[at - age.total_seconds() for at in times], **more)


def test_mistakes_of_more_than_an_hour_ago_do_not_count(mailbox: Mailbox) -> None:
    for _mistake in range(FAILURES_BEFORE_LOCK - 1):
        actions.do_count_wrong_pin(mailbox)
    mistakes_ago(HOUR + datetime.timedelta(seconds=1))
    actions.do_count_wrong_pin(mailbox)
    assert not mailbox.locked
    assert Mailbox.objects.get().failures == 1


def test_whoever_waits_for_a_full_hour_to_begin_gets_no_more_tries(mailbox: Mailbox) -> None:
    """The first mistake was 61 minutes ago, the others lie within the hour."""
    actions.do_count_wrong_pin(mailbox)
    mistakes_ago(datetime.timedelta(minutes=59))
    for _mistake in range(FAILURES_BEFORE_LOCK - 2):
        actions.do_count_wrong_pin(mailbox)
    mistakes_ago(datetime.timedelta(minutes=2))
    actions.do_count_wrong_pin(mailbox)
    assert not mailbox.locked
    actions.do_count_wrong_pin(mailbox)
    assert mailbox.locked


def test_a_menu_that_opens_again_gives_as_many_tries_as_before(mailbox: Mailbox) -> None:
    for _mistake in range(FAILURES_BEFORE_LOCK):
        actions.do_count_wrong_pin(mailbox)
    # An hour later; the first of those mistakes is a little older than the lock.
    mistakes_ago(
        HOUR + datetime.timedelta(seconds=1), locked_until=timezone.now() - datetime.timedelta(seconds=1)
    )
    box = Mailbox.objects.get()
    assert not box.locked
    actions.do_count_wrong_pin(box)
    assert not box.locked


def test_the_right_pin_forgets_the_mistakes(mailbox: Mailbox) -> None:
    for _mistake in range(FAILURES_BEFORE_LOCK - 1):
        actions.do_count_wrong_pin(mailbox)
    actions.do_accept_pin(mailbox)
    actions.do_count_wrong_pin(mailbox)
    assert not mailbox.locked
    assert Mailbox.objects.get().failures == 1


def test_an_administrator_opens_the_menu_and_gives_a_new_pin(mailbox: Mailbox) -> None:
    for _mistake in range(FAILURES_BEFORE_LOCK):
        actions.do_count_wrong_pin(mailbox)
    pin = actions.do_renew_pin(mailbox)
    box = Mailbox.objects.get()
    assert not box.locked
    assert box.check_pin(pin)
    assert box.pin != pin


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "١٢٣٤", "12 34", "1234\n"])
def test_a_pin_is_four_to_eight_digits(mailbox: Mailbox, pin: str) -> None:
    with pytest.raises(ValueError, match="4 to 8 digits"):
        mailbox.set_pin(pin)
    assert not mailbox.check_pin(pin)


# --- greeting


def test_an_own_greeting_comes_and_goes(mailbox: Mailbox) -> None:
    mailbox.folder.mkdir(parents=True)
    recorded = mailbox.folder / "greeting-new.tmp.wav"
    recorded.write_bytes(b"hello")
    actions.do_save_greeting(mailbox, recorded)
    assert Mailbox.objects.get().greeting
    assert (mailbox.folder / "greeting.wav").read_bytes() == b"hello"
    actions.do_reset_greeting(mailbox)
    assert Mailbox.objects.get().greeting == ""
    assert not (mailbox.folder / "greeting.wav").exists()
