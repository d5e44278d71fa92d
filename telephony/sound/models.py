"""Prompts: what callers hear, spoken from a text, recorded or uploaded."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.routing.entries import PromptEntry


class Prompt(models.Model):
    """Something that callers hear: spoken from a text, uploaded, or recorded by phone (*5 and its number).

    The sound is a WAV (16-bit mono, 8 kHz) under `instance.prompts`; an empty `file` is spoken from `text`.
    """

    class Source(models.TextChoices):
        TEXT = "text", _("spoken from the text")
        UPLOAD = "upload", _("uploaded")
        PHONE = "phone", _("recorded by phone")

    number = models.PositiveSmallIntegerField(
        _("number"),
        unique=True,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
        help_text=_("Dial *5 and this number to record it by phone."),
    )
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    text = models.TextField(_("text"), max_length=2000, blank=True, help_text=_("Is spoken as it stands."))
    source = models.CharField(
        _("source"), max_length=10, choices=Source.choices, default=Source.TEXT, editable=False
    )
    file = models.CharField(_("file"), max_length=80, blank=True, editable=False)
    seconds = models.FloatField(_("duration"), default=0, editable=False)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def entry(self) -> PromptEntry:
        """What plays it."""
        return PromptEntry(self.file, self.text or self.name, self.language)
