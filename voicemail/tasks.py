"""Background work for voicemail."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from voicemail import actions
from voicemail.models import Message

MAIL_WAITS = datetime.timedelta(days=2)


@shared_task(ignore_result=True)
def purge_messages() -> None:
    """Every hour: remove what is older than the setting allows."""
    actions.do_purge_messages()


@shared_task(ignore_result=True, autoretry_for=(OSError,), retry_backoff=30, max_retries=10)
def mail_message(message_id: int) -> None:
    """Send a message to its owner by e-mail, the sound attached; once."""
    message = Message.objects.select_related("mailbox__extension__user").filter(pk=message_id).first()
    if message is None or message.emailed or not message.mailbox.send_email:
        return
    user = message.mailbox.extension.user
    if user is None or not user.email:
        return
    with translation.override(user.language):
        context = {"message": message, "user": user, "seconds": round(message.duration / 1000)}
        # One line, whatever is in the caller's name.
        subject = " ".join(render_to_string("voicemail/message_subject.txt", context).split())
        mail = EmailMessage(subject, render_to_string("voicemail/message_body.txt", context), to=[user.email])
        mail.attach(f"voicemail-{message.created:%Y%m%d-%H%M%S}.wav", message.path.read_bytes(), "audio/wav")
        mail.send()
    message.emailed = timezone.now()
    message.save(update_fields=["emailed"])


@shared_task(ignore_result=True)
def mail_waiting_messages() -> None:
    """Every five minutes: send what could not be sent when it came in."""
    waiting = Message.objects.filter(
        emailed=None, mailbox__send_email=True, created__gt=timezone.now() - MAIL_WAITS
    ).exclude(created__gt=timezone.now() - datetime.timedelta(minutes=2))
    for message_id in waiting.values_list("pk", flat=True):
        mail_message.delay(message_id)
