"""Extensions, the devices that ring for them, and ring groups."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbxsite.instance import instance
from telephony.extensions import numbering
from telephony.extensions.destinations import TARGET_LENGTH, Kind, check
from telephony.extensions.validators import device_username, extension_number, outside_number

# Letters that nobody mistakes for another when a secret is typed into a desk phone.
SECRET_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"  # noqa: S105
SECRET_LENGTH = 20


class Extension(models.Model):
    """A number inside the exchange, usually a person's."""

    class Recordings(models.TextChoices):
        NONE = "none", _("none")
        OWN = "own", _("of own calls")
        DEPARTMENT = "department", _("of the department")
        ALL = "all", _("all")

    number = models.CharField(_("number"), max_length=6, unique=True, validators=[extension_number])
    name = models.CharField(_("name"), max_length=120, help_text=_("Shown to who is called."))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="extension",
        verbose_name=_("user"),
    )
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("Of the spoken prompts."),
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring for"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
        help_text=_("Seconds before an unanswered call goes to voicemail."),
    )
    record_calls = models.BooleanField(_("record every call"), default=False)
    announce_recording = models.BooleanField(
        _("say that it is recorded"),
        default=True,
        help_text=_("Both parties hear so, also when it is switched on during the call."),
    )
    recordings = models.CharField(
        _("may listen to recordings"), max_length=12, choices=Recordings.choices, default=Recordings.OWN
    )
    may_listen_in = models.BooleanField(
        _("may listen in"),
        default=False,
        help_text=_("To the calls of others: listen, whisper to a colleague, join."),
    )
    lamp_private = models.BooleanField(
        _("hide from lamps"),
        default=False,
        help_text=_("Nobody else's phone shows whether this extension is on a call."),
    )
    department = models.ForeignKey(
        "telephony.Department",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("department"),
    )
    enabled = models.BooleanField(_("in use"), default=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def clean(self) -> None:
        """Extensions, ring groups and departments share one range of numbers."""
        try:
            numbering.check_free(self.number, self)
        except ValidationError as error:
            raise ValidationError({"number": error.messages}) from error


class Device(models.Model):
    """A telephone, softphone or browser that registers with a digest secret (RFC 3261 §22).

    Only HA1 is kept: MD5(username:realm:secret). The secret is shown once, when it is made.
    """

    class Kind(models.TextChoices):
        DESK = "desk", _("desk phone")
        SOFT = "soft", _("softphone")
        BROWSER = "browser", _("browser")

    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="devices", verbose_name=_("extension")
    )
    label = models.CharField(_("label"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.DESK)
    username = models.CharField(_("SIP user"), max_length=40, unique=True, validators=[device_username])
    ha1 = models.CharField(max_length=32, editable=False)
    enabled = models.BooleanField(_("in use"), default=True)
    # A browser's: its secret works until then, and as long as the session does that asked for it.
    expires = models.DateTimeField(_("works until"), null=True, blank=True, editable=False)
    session = models.CharField(
        max_length=64, blank=True, db_default="", default="", editable=False, db_index=True
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["username"]

    def __str__(self) -> str:
        return f"{self.username} {self.label}".strip()

    def clean(self) -> None:
        """A SIP user that reads like somebody else's number would make two people look like one."""
        owner = Extension.objects.filter(number=self.username).exclude(pk=self.extension_id).first()
        if owner is not None:
            raise ValidationError(
                {
                    "username": _("%(number)s is the extension of %(name)s.")
                    % {"number": owner.number, "name": owner.name}
                }
            )

    def set_secret(self, secret: str) -> None:
        """Take `secret` as the new one; the caller saves. Needs `username` to be set."""
        digest = hashlib.md5(f"{self.username}:{instance.realm}:{secret}".encode(), usedforsecurity=False)
        self.ha1 = digest.hexdigest()

    def make_secret(self) -> str:
        """Make, set and return a new random secret; the caller saves."""
        secret = "".join(secrets.choice(SECRET_ALPHABET) for _position in range(SECRET_LENGTH))
        self.set_secret(secret)
        return secret


class RingGroup(models.Model):
    """A number that rings several extensions (a hunt group)."""

    class Strategy(models.TextChoices):
        ALL = "all", _("ring all at once")
        ORDER = "order", _("ring one after another")

    number = models.CharField(_("number"), max_length=6, unique=True, validators=[extension_number])
    name = models.CharField(_("name"), max_length=120)
    strategy = models.CharField(_("strategy"), max_length=10, choices=Strategy.choices, default=Strategy.ALL)
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring for"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
        help_text=_("Seconds; with one after another, for each."),
    )
    members = models.ManyToManyField(Extension, through="RingGroupMember", related_name="ring_groups")
    voicemail_of = models.ForeignKey(
        Extension,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voicemail of"),
        help_text=_("Takes the message when nobody answers; empty: the caller hears so."),
    )
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("ring group")
        verbose_name_plural = _("ring groups")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def clean(self) -> None:
        """Extensions, ring groups and departments share one range of numbers."""
        try:
            numbering.check_free(self.number, self)
        except ValidationError as error:
            raise ValidationError({"number": error.messages}) from error


class RingGroupMember(models.Model):
    """An extension's place in a ring group."""

    group = models.ForeignKey(RingGroup, on_delete=models.CASCADE)
    extension = models.ForeignKey(Extension, on_delete=models.CASCADE, verbose_name=_("extension"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["group", "extension"], name="once_in_a_group")]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.extension_id}"


class Department(models.Model):
    """A part of the organisation. With a number of its own that number rings everybody in it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    number = models.CharField(
        _("number"),
        max_length=6,
        unique=True,
        null=True,
        blank=True,
        validators=[extension_number],
        help_text=_("Rings everybody in the department. Empty: it has none."),
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring for"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
        help_text=_("Seconds before nobody is taken to answer."),
    )
    closed_kind = models.CharField(
        _("otherwise"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.BUSY,
        help_text=_("Where calls go outside office hours, and when nobody answers."),
    )
    closed_target = models.CharField(_("number"), max_length=TARGET_LENGTH, blank=True)
    caller_id = models.CharField(
        _("caller id"),
        max_length=21,
        blank=True,
        help_text=_("The number that people outside see. Empty: the trunk's."),
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Its number shares the range of the extensions; where calls go must exist."""
        self.number = self.number or None
        if self.number:
            try:
                numbering.check_free(self.number, self)
            except ValidationError as error:
                raise ValidationError({"number": error.messages}) from error
        if self.closed_kind == Kind.MOBILE or (self.closed_kind == Kind.VOICEMAIL and not self.closed_target):
            raise ValidationError(
                {
                    "closed_target": _(
                        "A department has no voicemail or mobile of its own: enter an extension."
                    )
                }
            )
        if self.number and self.closed_target == self.number:
            raise ValidationError({"closed_target": _("That is this department itself.")})
        check(self.closed_kind, self.closed_target, field="closed_target")
        if self.caller_id:
            try:
                outside_number(self.caller_id)
            except ValidationError as error:
                raise ValidationError({"caller_id": error.messages}) from error
