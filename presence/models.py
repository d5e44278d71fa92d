"""How each extension can be reached: status, working hours, and where calls go instead of to its phones.

No row means the defaults: available, rung on all phones, voicemail when nobody answers.
"""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from presence.numbers import as_caller, as_outside_number
from presence.status import Status
from telephony.extensions.destinations import TARGET_LENGTH, Kind, check
from telephony.extensions.models import Extension
from telephony.hours.models import DaySpan
from telephony.routing.destination import Destination
from telephony.routing.forwarding import effective

MESSAGE_LENGTH = 140  # characters


class Presence(models.Model):
    """What somebody says of themselves, and how they want to be rung."""

    extension = models.OneToOneField(
        Extension, on_delete=models.CASCADE, related_name="presence", verbose_name=_("extension")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.AVAILABLE, db_index=True
    )
    until = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Then available again, by itself. Empty: until it is changed."),
    )
    message = models.CharField(
        _("message"), max_length=MESSAGE_LENGTH, blank=True, help_text=_("Colleagues see it.")
    )
    # The message came with a temporary status, and goes with it.
    message_ends = models.BooleanField(default=False, editable=False)
    own_hours = models.BooleanField(
        _("own working hours"),
        default=False,
        help_text=_("Where they differ from the office hours."),
    )
    mobile = models.CharField(_("mobile number"), max_length=16, blank=True)
    ring_mobile = models.BooleanField(
        _("ring my mobile at the same time"),
        default=False,
        help_text=_("Who answers there presses 1, so that the mobile's own voicemail never takes a call."),
    )
    accept_multiple = models.BooleanField(
        _("accept several calls at once"), default=True, help_text=_("Off: busy while on a call.")
    )
    accept_push = models.BooleanField(_("accept push messages"), default=True)
    closed_to_voicemail = models.BooleanField(
        _("outside office hours always to voicemail"),
        default=True,
        help_text=_("While away, on holiday or not to be disturbed."),
    )

    class Meta:
        verbose_name = _("status and settings")
        verbose_name_plural = _("status and settings")

    def __str__(self) -> str:
        return str(self.extension)

    def clean(self) -> None:
        """Only another status than available ends; a mobile number is a telephone number."""
        errors: dict[str, list[str]] = {}
        if self.mobile:
            try:
                self.mobile = as_outside_number(self.mobile)
            except ValidationError as error:
                errors["mobile"] = error.messages
        if self.ring_mobile and not self.mobile and "mobile" not in errors:
            errors["mobile"] = [str(_("Enter the mobile number that is to ring."))]
        if self.status == Status.AVAILABLE:
            self.until = None
        if errors:
            raise ValidationError(errors)

    def status_at(self, at: datetime.datetime | None = None) -> str:
        """The status that holds at `at` (default: now)."""
        return effective(self.status, self.until, at or timezone.now())


class WorkingSpan(DaySpan):
    """A part of somebody's own working week; it counts while `Presence.own_hours` is on."""

    extension = models.ForeignKey(Extension, on_delete=models.CASCADE, related_name="working_spans")

    class Meta(DaySpan.Meta):
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")


class Source(models.TextChoices):
    """The kind of caller."""

    INTERNAL = "internal", _("colleagues")
    EXTERNAL = "external", _("callers from outside")


class Case(models.TextChoices):
    """When a forwarding applies: the last two belong to the status Available."""

    ALWAYS = "always", _("always")
    NO_ANSWER = "no_answer", _("nobody answers")
    UNAVAILABLE = "unavailable", _("busy or not registered")


def cases_of(status: str) -> tuple[Case, ...]:
    """The cases in which a status forwards."""
    if status == Status.AVAILABLE:
        return (Case.NO_ANSWER, Case.UNAVAILABLE)
    return (Case.ALWAYS,)


# Every (status, source, case) that can be set, in the order in which people read them.
SLOTS = tuple(
    (status.value, source.value, case.value)
    for status in Status
    for case in cases_of(status)
    for source in Source
)


class Target(models.Model):
    """Where a call goes instead."""

    kind = models.CharField(_("to"), max_length=12, choices=Kind.choices, default=Kind.VOICEMAIL)
    target = models.CharField(
        _("number"),
        max_length=TARGET_LENGTH,
        blank=True,
        help_text=_("An extension, a system extension or an external number."),
    )
    extension: models.ForeignKey[Extension, Extension]

    class Meta:
        abstract = True

    @property
    def destination(self) -> Destination:
        """The two fields as one."""
        return Destination(self.kind, self.target)

    def clean(self) -> None:
        """It must lead somewhere, and not straight back."""
        self.target = self.target.strip()
        own = self.extension.number if self.extension_id else ""  # type: ignore[attr-defined]
        if self.kind == Kind.VOICEMAIL and self.target == own:
            self.target = ""
        if self.kind == Kind.EXTENSION and own and self.target == own:
            raise ValidationError({"target": _("That is this extension itself.")})
        check(self.kind, self.target)
        if self.kind == Kind.OUTSIDE:
            try:
                self.target = as_outside_number(self.target)
            except ValidationError as error:
                raise ValidationError({"target": error.messages}) from error


class Forwarding(Target):
    """Where calls go in one status, of one kind of caller. A missing one means voicemail."""

    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="forwardings", verbose_name=_("extension")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    source = models.CharField(_("from"), max_length=10, choices=Source.choices)
    case = models.CharField(_("when"), max_length=12, choices=Case.choices)

    class Meta:
        verbose_name = _("forwarding")
        verbose_name_plural = _("forwardings")
        constraints = [
            models.UniqueConstraint(fields=["extension", "status", "source", "case"], name="forwarding_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.get_source_display()}, {self.get_case_display()}"

    def clean(self) -> None:
        if self.status in Status.values and self.case not in cases_of(self.status):
            raise ValidationError({"case": _("This case does not go with this status.")})
        super().clean()


class ForwardingException(Target):
    """A forwarding for certain callers or times; the first that fits goes before all else."""

    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="exceptions", verbose_name=_("extension")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    enabled = models.BooleanField(_("in use"), default=True)
    caller = models.CharField(
        _("caller"),
        max_length=TARGET_LENGTH,
        blank=True,
        help_text=_("A number, the beginning of one with * at its end, or “anonymous”. Empty: anybody."),
    )
    weekdays = models.CharField(
        _("weekdays"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^[0-6]*$", _("Digits: 0 is Monday, 6 is Sunday."))],
    )
    start = models.TimeField(_("begins"), null=True, blank=True)
    end = models.TimeField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.caller or str(_("anybody"))

    def clean(self) -> None:
        errors: dict[str, list[str]] = {}
        try:
            self.caller = as_caller(self.caller)
        except ValidationError as error:
            errors["caller"] = error.messages
        self.weekdays = "".join(sorted(set(self.weekdays)))
        if self.weekdays == "0123456":
            self.weekdays = ""
        if (self.start is None) != (self.end is None):
            errors["end" if self.end is None else "start"] = [str(_("Enter both times, or none."))]
        elif self.start is not None and self.start == self.end:
            errors["end"] = [str(_("That is no time at all. Leave both empty for the whole day."))]
        if errors:
            raise ValidationError(errors)
        super().clean()


class Reachability(Extension):
    """An extension as the page shows it on which everything about reaching somebody is set."""

    class Meta:
        proxy = True
        verbose_name = _("reachability")
        verbose_name_plural = _("extensions")
        default_permissions = ("view", "change")
        ordering = ["number"]
