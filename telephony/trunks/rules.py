"""Rights to call outside: outbound rules, exceptions for one extension, limits against fraud."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.extensions.models import Extension
from telephony.extensions.validators import (
    country_codes,
    digits_only,
    outside_number,
)
from telephony.routing import phone_numbers
from telephony.trunks.models import Trunk

# The longest name of a public country code list entry and a comma, for all of them.
COUNTRIES_LENGTH = 1000


class OutboundRule(models.Model):
    """Which numbers go over which trunks, for which callers, and changed how. The first rule that fits counts."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("The lowest is tried first.")
    )
    prefix = models.CharField(
        _("numbers that begin with"),
        max_length=20,
        blank=True,
        validators=[digits_only],
        help_text=_("As dialled, or international with a +. Empty: every number."),
    )
    shortest = models.PositiveSmallIntegerField(_("at least"), default=0, help_text=_("Digits; 0: any."))
    longest = models.PositiveSmallIntegerField(_("at most"), default=0, help_text=_("Digits; 0: any."))
    strip = models.PositiveSmallIntegerField(
        _("digits to take off in front"), default=0, validators=[MaxValueValidator(20)]
    )
    prepend = models.CharField(_("put in front"), max_length=20, blank=True, validators=[digits_only])
    allowed = models.BooleanField(
        _("may be called"), default=True, help_text=_("Off: these numbers are refused.")
    )
    extensions = models.ManyToManyField(
        Extension,
        blank=True,
        related_name="outbound_rules",
        verbose_name=_("extensions"),
        help_text=_("Neither extensions nor departments: everybody."),
    )
    departments = models.ManyToManyField(
        "telephony.Department", blank=True, related_name="outbound_rules", verbose_name=_("departments")
    )
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("outbound rule")
        verbose_name_plural = _("outbound rules")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Lengths that leave room for a number."""
        if 0 < self.longest < self.shortest:
            raise ValidationError({"longest": _("This is less than the least number of digits.")})
        if self.strip and self.longest and self.strip >= self.longest:
            raise ValidationError({"strip": _("Nothing would be left of the number.")})


class OutboundRuleTrunk(models.Model):
    """A trunk's place in a rule; a rule without any uses all trunks."""

    rule = models.ForeignKey(OutboundRule, on_delete=models.CASCADE, related_name="ways")
    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, verbose_name=_("trunk"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("trunk")
        verbose_name_plural = _("trunks")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["rule", "trunk"], name="once_in_a_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.trunk_id}"


class OutsideRights(models.Model):
    """What one extension may do outside, and under which number; without a row it is as for everybody."""

    extension = models.OneToOneField(
        Extension, on_delete=models.CASCADE, related_name="outside", verbose_name=_("extension")
    )
    allowed = models.BooleanField(
        _("may call outside"), default=True, help_text=_("Emergency numbers may always be called.")
    )
    caller_id = models.CharField(
        _("caller id"),
        max_length=21,
        blank=True,
        validators=[outside_number],
        help_text=_("Empty: that of the department or trunk."),
    )
    anonymous = models.BooleanField(_("hide the number"), default=False)
    calls = models.PositiveSmallIntegerField(
        _("outside calls at once"), null=True, blank=True, help_text=_("Empty: as for everybody.")
    )
    minutes = models.PositiveIntegerField(
        _("minutes a day"), null=True, blank=True, help_text=_("Empty: as for everybody.")
    )

    class Meta:
        verbose_name = _("calls to outside")
        verbose_name_plural = _("calls to outside")

    def __str__(self) -> str:
        return f"{self.extension_id}"

    def clean(self) -> None:
        """The number in one form."""
        self.caller_id = phone_numbers.international(self.caller_id, settings.COUNTRY)


class CallingLimits(models.Model):
    """Limits against fraud, for everybody: one row. Emergency numbers know none."""

    countries = models.CharField(
        _("countries that may be called"),
        max_length=COUNTRIES_LENGTH,
        blank=True,
        validators=[country_codes],
        help_text=_("Codes such as NL, BE, DE. Empty: our own country and its neighbours."),
    )
    premium = models.BooleanField(_("premium rate numbers may be called"), default=False)
    satellite = models.BooleanField(_("satellite numbers may be called"), default=False)
    calls = models.PositiveSmallIntegerField(
        _("outside calls at once"), null=True, blank=True, help_text=_("All together. Empty: no limit.")
    )
    minutes = models.PositiveIntegerField(
        _("minutes a day"), null=True, blank=True, help_text=_("All together. Empty: no limit.")
    )
    person_calls = models.PositiveSmallIntegerField(
        _("outside calls at once, per extension"),
        null=True,
        blank=True,
        default=30,  # as many as a conference of theirs may have
        help_text=_("Calls that it forwards count too. Empty: no limit."),
    )
    person_minutes = models.PositiveIntegerField(
        _("minutes a day, per extension"), null=True, blank=True, help_text=_("Empty: no limit.")
    )

    longest = models.PositiveSmallIntegerField(
        _("longest call to outside, in minutes"),
        null=True,
        blank=True,
        default=240,
        validators=[MinValueValidator(1)],
        help_text=_("After so long it is ended. Empty: no limit."),
    )

    class Meta:
        verbose_name = _("limits of calls to outside")
        verbose_name_plural = _("limits of calls to outside")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: object, **kwargs: object) -> None:
        """There is one row, number 1."""
        self.pk = 1
        super().save(*args, **kwargs)  # type: ignore[arg-type]
