"""The only place where mailboxes and messages change. Each action ends by telling the lamps."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

import live
from live.later import enqueue
from pbxsite.instance import instance
from telephony.edge.events import mailbox_changed
from voicemail import selectors
from voicemail.models import FAILURES_BEFORE_LOCK, LOCK, Mailbox, Message

EMAIL_PAUSE = datetime.timedelta(minutes=10)
FAILURE_WINDOW = datetime.timedelta(hours=1)


def tell_lamp(extension: str) -> None:
    """Tell the phones of `extension` how many messages there are (RFC 3842)."""
    new, old = selectors.count(extension)
    live.publish(mailbox_changed(extension, new, old))


def do_store_message(
    mailbox: Mailbox,
    path: Path,
    *,
    duration: int,
    caller: str,
    caller_name: str = "",
    call_id: str = "",
    created: datetime.datetime | None = None,
) -> Message:
    """Keep a recorded message. `path` lies under `instance.voicemail`; `duration` in ms."""
    message = Message.objects.create(
        mailbox=mailbox,
        file=str(path.relative_to(instance.voicemail)),
        duration=duration,
        caller=caller,
        caller_name=caller_name,
        call_id=call_id,
        created=created or timezone.now(),
        to_email=mailbox.send_email,
    )
    tell_lamp(mailbox.extension.number)
    if mailbox.send_email:
        # Not lost with the broker away: beat's `mail_waiting_messages` sends it later.
        enqueue("voicemail.mail_message", message.pk)
    return message


def do_mark_heard(message: Message) -> None:
    """The owner has listened to it. Nothing when it has been deleted meanwhile, say on the web during a call."""
    if message.heard is None:
        message.heard = timezone.now()
        if Message.objects.filter(pk=message.pk, heard=None).update(heard=message.heard):
            tell_lamp(message.mailbox.extension.number)


def do_claim_email(message: Message) -> bool:
    """Claim the e-mailing of a message; False when it is done, not wanted, or claimed by another process.

    After a failure no other process tries within `EMAIL_PAUSE`.
    """
    now = timezone.now()
    free = Q(email_tried=None) | Q(email_tried__lt=now - EMAIL_PAUSE)
    wanted = Message.objects.filter(
        free, pk=message.pk, emailed=None, to_email=True, mailbox__send_email=True
    )
    return bool(wanted.update(email_tried=now))


def do_note_email(message: Message) -> None:
    """It is on its way."""
    message.emailed = timezone.now()
    Message.objects.filter(pk=message.pk).update(emailed=message.emailed)


def do_delete_message(message: Message) -> None:
    """Remove a message; its sound goes with the row, at the commit (`voicemail.signals`)."""
    extension = message.mailbox.extension.number
    message.delete()
    tell_lamp(extension)


def do_purge_messages() -> int:
    """Remove messages that are older than `VOICEMAIL_KEEP_DAYS`; how many."""
    border = timezone.now() - datetime.timedelta(days=settings.VOICEMAIL_KEEP_DAYS)
    old = list(Message.objects.filter(created__lt=border).select_related("mailbox__extension"))
    for message in old:
        do_delete_message(message)
    return len(old)


def do_count_wrong_pin(mailbox: Mailbox) -> None:
    """Somebody typed a wrong PIN: ten within an hour, whenever that begins, lock the menu for an hour."""
    with transaction.atomic():
        box = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
        now = timezone.now()
        border = (now - FAILURE_WINDOW).timestamp()
        box.failure_times = [at for at in box.failure_times if at > border] + [now.timestamp()]
        box.failures = len(box.failure_times)
        if box.failures >= FAILURES_BEFORE_LOCK:
            box.locked_until = now + LOCK
        box.save(update_fields=["failures", "failure_times", "locked_until"])
    mailbox.failures, mailbox.locked_until = box.failures, box.locked_until


def do_accept_pin(mailbox: Mailbox) -> None:
    """The right PIN: earlier mistakes are forgotten."""
    if mailbox.failures:
        Mailbox.objects.filter(pk=mailbox.pk).update(failures=0, failure_times=[])


def do_unlock(mailbox: Mailbox) -> None:
    """An administrator opens the menu again."""
    Mailbox.objects.filter(pk=mailbox.pk).update(failures=0, failure_times=[], locked_until=None)


def do_renew_pin(mailbox: Mailbox) -> str:
    """Give the mailbox a new random PIN, open its menu again, and return the PIN: it is kept nowhere."""
    pin = mailbox.make_pin()
    mailbox.save(update_fields=["pin"])
    do_unlock(mailbox)
    return pin


def do_save_greeting(mailbox: Mailbox, recorded: Path) -> None:
    """Take a recorded file as the mailbox's own greeting."""
    target = mailbox.folder / "greeting.wav"
    recorded.replace(target)
    Mailbox.objects.filter(pk=mailbox.pk).update(greeting=str(target.relative_to(instance.voicemail)))


def do_reset_greeting(mailbox: Mailbox) -> None:
    """Back to the standard greeting."""
    Mailbox.objects.filter(pk=mailbox.pk).update(greeting="")
    (mailbox.folder / "greeting.wav").unlink(missing_ok=True)
