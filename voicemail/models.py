"""Mailboxes and the messages in them."""

from __future__ import annotations

import datetime
import secrets
from pathlib import Path

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbxsite.instance import instance

PIN_LENGTH = 4
FAILURES_BEFORE_LOCK = 10
LOCK = datetime.timedelta(hours=1)


class Mailbox(models.Model):
    """An extension's voicemail: PIN, greeting, wishes."""

    extension = models.OneToOneField(
        "telephony.Extension", on_delete=models.CASCADE, related_name="mailbox", verbose_name=_("extension")
    )
    enabled = models.BooleanField(_("in use"), default=True)
    pin = models.CharField(_("PIN"), max_length=128, editable=False)
    send_email = models.BooleanField(
        _("e-mail each message"), default=False, help_text=_("With the sound attached.")
    )
    greeting = models.CharField(_("own greeting"), max_length=200, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("wrong PINs"), default=0, editable=False)
    failure_times = models.JSONField(default=list, blank=True, editable=False)  # Unix seconds, oldest first
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["extension__number"]

    def __str__(self) -> str:
        return str(self.extension)

    def set_pin(self, pin: str) -> None:
        """Take `pin` (4 to 8 digits) as the new one; the caller saves. Raises ValueError otherwise."""
        if not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 8):
            raise ValueError("a PIN is 4 to 8 digits")
        self.pin = make_password(pin)

    def make_pin(self) -> str:
        """Make, set and return a random PIN; the caller saves."""
        pin = "".join(secrets.choice("0123456789") for _position in range(PIN_LENGTH))
        self.set_pin(pin)
        return pin

    def check_pin(self, pin: str) -> bool:
        """Whether `pin` is right. Counts nothing."""
        return check_password(pin, self.pin)

    @property
    def locked(self) -> bool:
        """Whether the telephone menu is closed after too many wrong PINs."""
        return self.locked_until is not None and self.locked_until > timezone.now()

    @property
    def folder(self) -> Path:
        """Where greetings and messages lie."""
        return instance.voicemail / str(self.extension_id)


class Message(models.Model):
    """A message that a caller left. The sound is a WAV, 16-bit mono at 8 kHz, under `instance.voicemail`."""

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="messages", verbose_name=_("mailbox")
    )
    call_id = models.CharField(_("call"), max_length=20, blank=True)
    caller = models.CharField(_("caller"), max_length=80)
    caller_name = models.CharField(_("caller's name"), max_length=120, blank=True)
    created = models.DateTimeField(_("received"), default=timezone.now, db_index=True)
    duration = models.PositiveIntegerField(_("duration"), help_text=_("Milliseconds."))
    file = models.CharField(_("file"), max_length=200, unique=True)
    heard = models.DateTimeField(_("heard"), null=True, blank=True)
    to_email = models.BooleanField(default=False, editable=False)  # its mailbox wished so when it came
    email_tried = models.DateTimeField(null=True, blank=True, editable=False)
    emailed = models.DateTimeField(_("e-mailed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created"]
        indexes = [models.Index(fields=["mailbox", "heard"], name="message_new")]

    def __str__(self) -> str:
        return f"{self.caller_name or self.caller} {timezone.localtime(self.created):%Y-%m-%d %H:%M}"

    @property
    def path(self) -> Path:
        """The sound file."""
        return instance.voicemail / self.file
