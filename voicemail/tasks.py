"""Background work for voicemail."""

from __future__ import annotations

import datetime
import logging

from celery import shared_task
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from voicemail import actions
from voicemail.models import Message

log = logging.getLogger(__name__)

MAIL_WAITS = datetime.timedelta(days=2)


@shared_task(name="voicemail.purge_messages", ignore_result=True)
def purge_messages() -> None:
    """Every hour: remove what is older than the setting allows."""
    actions.do_purge_messages()


@shared_task(name="voicemail.mail_message", ignore_result=True)
def mail_message(message_id: int) -> None:
    """Send a message to its owner by e-mail, the sound attached; once. `mail_waiting_messages` sees to what fails."""
    message = Message.objects.select_related("mailbox__extension__user").filter(pk=message_id).first()
    user = message.mailbox.extension.user if message else None
    if message is None or user is None or not user.email or not actions.do_claim_email(message):
        return
    try:
        _mail(message, user)
    except OSError as error:
        log.warning("message %s is mailed later: %s", message.pk, error)
    else:
        actions.do_note_email(message)


def _mail(message: Message, user: User) -> None:
    with translation.override(user.language):
        context = {"message": message, "user": user, "seconds": round(message.duration / 1000)}
        # One line, whatever is in the caller's name.
        subject = " ".join(render_to_string("voicemail/message_subject.txt", context).split())
        mail = EmailMessage(subject, render_to_string("voicemail/message_body.txt", context), to=[user.email])
        mail.attach(f"voicemail-{message.created:%Y%m%d-%H%M%S}.wav", message.path.read_bytes(), "audio/wav")
        mail.send()


@shared_task(name="voicemail.mail_waiting_messages", ignore_result=True)
def mail_waiting_messages() -> None:
    """Every five minutes: send what could not be sent when it came in."""
    now = timezone.now()
    waiting = Message.objects.filter(
        emailed=None, to_email=True, mailbox__send_email=True, created__gt=now - MAIL_WAITS
    ).exclude(created__gt=now - datetime.timedelta(minutes=2))
    for message_id in waiting.exclude(email_tried__gt=now - actions.EMAIL_PAUSE).values_list("pk", flat=True):
        mail_message.delay(message_id)
