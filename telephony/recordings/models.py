"""Recordings of calls, their parties, and the rules that say what is always recorded."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbxsite.instance import instance

LONGEST_KEPT = 3650  # days


class RecordingRule(models.Model):
    """What is always recorded beside the calls of extensions that ask for it, and how long it is kept.

    Exactly one of `department`, `trunk` and `inbound` is set. A rule with `record` off only says how long.
    """

    department = models.OneToOneField(
        "telephony.Department",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="recording_rule",
        verbose_name=_("department"),
    )
    trunk = models.OneToOneField(
        "telephony.Trunk",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="recording_rule",
        verbose_name=_("trunk"),
    )
    inbound = models.OneToOneField(
        "telephony.InboundNumber",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="recording_rule",
        verbose_name=_("inbound number"),
    )
    record = models.BooleanField(_("record every call"), default=True)
    announce = models.BooleanField(
        _("say so first"),
        default=True,
        help_text=_("Both parties hear that the call is recorded before they hear each other."),
    )
    keep_days = models.PositiveSmallIntegerField(
        _("keep for"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT)],
        help_text=_("Days. Empty: as long as all others."),
    )

    class Meta:
        verbose_name = _("recording rule")
        verbose_name_plural = _("recording rules")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(department__isnull=False, trunk=None, inbound=None)
                | models.Q(department=None, trunk__isnull=False, inbound=None)
                | models.Q(department=None, trunk=None, inbound__isnull=False),
                name="recording_rule_is_about_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.subject or "-")

    @property
    def subject(self) -> models.Model | None:
        """What the rule is about."""
        return self.department or self.trunk or self.inbound

    def clean(self) -> None:
        """One thing, no more and no less."""
        if sum(each is not None for each in (self.department, self.trunk, self.inbound)) != 1:
            raise ValidationError(_("Choose one: a department, a trunk or an inbound number."))


class Recording(models.Model):
    """The sound of a call or of a part of it, both sides in one file under `instance.recordings`.

    A row is made when the recording ends. `state` says what the file is: WAV as it was recorded (16-bit mono,
    8 kHz), MP3, or gone.
    """

    class State(models.TextChoices):
        RAW = "raw", _("to be compressed")
        COMPRESSED = "compressed", _("compressed")
        LOST = "lost", _("lost")

    # The ledger writes the call's row when it likes, perhaps after this one.
    call = models.ForeignKey(
        "telephony.Call",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="recordings",
        verbose_name=_("call"),
    )
    file = models.CharField(_("file"), max_length=80, unique=True, editable=False)
    started = models.DateTimeField(_("when"), db_index=True)
    seconds = models.FloatField(_("duration"), help_text=_("Seconds."))
    bytes = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    checksum = models.CharField(_("SHA-256"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RAW)
    announced = models.BooleanField(_("announced"), default=False)
    asked_by = models.CharField(
        _("asked by"), max_length=80, blank=True, help_text=_("Who switched it on; empty: a rule.")
    )
    expires = models.DateTimeField(_("kept until"), db_index=True)
    created = models.DateTimeField(auto_now_add=True)
    tried = models.DateTimeField(null=True, blank=True, editable=False)  # to compress it

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-started"]
        indexes = [models.Index(fields=["state", "tried"], name="recording_state")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started):%Y-%m-%d %H:%M} {self.call_id}"

    @property
    def path(self) -> Path:
        """The sound file."""
        return instance.recordings / self.file


class RecordingParty(models.Model):
    """A recorded party. `user` and `department` are those of that day: rights do not move with a desk."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="parties")
    number = models.CharField(_("number"), max_length=80)
    name = models.CharField(_("name"), max_length=120, blank=True)
    extension = models.CharField(_("extension"), max_length=6, blank=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    department = models.ForeignKey(
        "telephony.Department",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})" if self.name else self.number
