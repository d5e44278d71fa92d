"""The digital receptionist: what callers hear, and where their keys lead."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.extensions import numbering
from telephony.extensions.destinations import TARGET_LENGTH, Kind, check
from telephony.extensions.validators import extension_number
from telephony.sound.models import Prompt

KEYS = "1234567890*#"


class Receptionist(models.Model):
    """A number that answers by itself and asks where to go.

    An empty kind means: outside hours, the same as inside; without a key, the exchange says goodbye.
    """

    number = models.CharField(_("number"), max_length=6, unique=True, validators=[extension_number])
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("Of what it says besides the prompts."),
    )
    welcome = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+", verbose_name=_("welcome"))
    seconds = models.PositiveSmallIntegerField(
        _("waits for"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Seconds for a key after the prompt."),
    )
    repeats = models.PositiveSmallIntegerField(
        _("repeats"),
        default=2,
        validators=[MaxValueValidator(9)],
        help_text=_("How often the prompt is said again."),
    )
    dial_extension = models.BooleanField(
        _("dial an extension"), default=False, help_text=_("Callers may dial an extension right away.")
    )
    name_key = models.CharField(
        _("key to dial by name"),
        max_length=1,
        blank=True,
        choices=[(key, key) for key in KEYS],
        help_text=_("Callers spell three letters on their keypad. Empty: they can't."),
    )
    department = models.ForeignKey(
        "telephony.Department",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hours of"),
        help_text=_("Empty: the organisation."),
    )
    closed_prompt = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prompt when closed"),
    )
    closed_kind = models.CharField(_("when closed"), max_length=12, blank=True, choices=Kind.choices)
    closed_target = models.CharField(_("number"), max_length=TARGET_LENGTH, blank=True)
    silent_kind = models.CharField(_("without a key"), max_length=12, blank=True, choices=Kind.choices)
    silent_target = models.CharField(_("number"), max_length=TARGET_LENGTH, blank=True)
    wrong_kind = models.CharField(
        _("after wrong keys"),
        max_length=12,
        blank=True,
        choices=Kind.choices,
        help_text=_("Empty: the same as without a key."),
    )
    wrong_target = models.CharField(_("number"), max_length=TARGET_LENGTH, blank=True)
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("digital receptionist")
        verbose_name_plural = _("digital receptionists")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def clean(self) -> None:
        """Its number shares the range of the extensions; where calls go must exist."""
        try:
            numbering.check_free(self.number, self)
        except ValidationError as error:
            raise ValidationError({"number": error.messages}) from error
        for prefix in ("closed", "silent", "wrong"):
            kind, target = getattr(self, f"{prefix}_kind"), getattr(self, f"{prefix}_target")
            if not kind:
                setattr(self, f"{prefix}_target", "")
                continue
            check_way(kind, target, f"{prefix}_target")
            if prefix != "closed" and kind == Kind.SYSTEM and target == self.number:
                raise ValidationError({f"{prefix}_target": _("That is this receptionist itself.")})


class ReceptionistKey(models.Model):
    """Where a key leads."""

    receptionist = models.ForeignKey(Receptionist, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(_("key"), max_length=1, choices=[(key, key) for key in KEYS])
    kind = models.CharField(_("leads to"), max_length=12, choices=Kind.choices, default=Kind.EXTENSION)
    target = models.CharField(_("number"), max_length=TARGET_LENGTH, blank=True)

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["receptionist", "key"], name="key_once_in_a_receptionist")
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        """The target must exist, and the key must not be the one that dials by name."""
        check_way(self.kind, self.target, "target")
        if self.receptionist.name_key == self.key:
            raise ValidationError({"key": _("This key dials by name.")})


def check_way(kind: str, target: str, field: str) -> None:
    """Like `destination.check`, without voicemail and mobile of its own. Raises ValidationError at `field`."""
    if kind == Kind.MOBILE or (kind == Kind.VOICEMAIL and not target):
        raise ValidationError({field: _("A receptionist has no voicemail or mobile of its own: whose?")})
    check(kind, target, field)
