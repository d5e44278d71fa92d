"""Departments and office hours: of the organisation, and of a department that keeps its own."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from telephony.extensions.models import Department
from telephony.extensions.validators import check_zone, default_zone
from telephony.hours import calendar
from telephony.routing.opening import MIDNIGHT


class Weekday(models.IntegerChoices):
    """Monday is 0, as Python has it."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OfficeHours(models.Model):
    """When the organisation is open, or a department that keeps hours of its own.

    Without any weekly hours it is always open, but for holidays and `closed_until`. No row for the organisation:
    always open. `country` is ISO 3166-1 alpha-2, `region` one of its subdivisions as the library `holidays` has them.
    """

    department = models.OneToOneField(
        Department,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="hours",
        verbose_name=_("department"),
        help_text=_("Empty: the whole organisation."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=default_zone, validators=[check_zone])
    country = models.CharField(
        _("public holidays of"), max_length=2, blank=True, help_text=_("Closed on those days.")
    )
    region = models.CharField(
        _("region"), max_length=20, blank=True, help_text=_("Where the country's regions differ.")
    )
    closed_until = models.DateTimeField(
        _("closed until"), null=True, blank=True, help_text=_("Closed now, whatever the hours below say.")
    )

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        ordering = [models.F("department__name").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                Coalesce("department_id", 0),
                name="hours_once_for_each",
                violation_error_message=_("These office hours exist already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.department or _("Organisation"))

    def clean(self) -> None:
        """A country and a region that the calendar of public holidays knows."""

        self.country, self.region = self.country.upper(), self.region.strip()
        calendar.check_calendar(self.country, self.region)


class DaySpan(models.Model):
    """A part of a weekday. An end of 00:00 is midnight at the end of that day."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    start = models.TimeField(_("begins"))
    end = models.TimeField(_("ends"))

    class Meta:
        abstract = True
        ordering = ["weekday", "start"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M}–{self.end:%H:%M}"

    def clean(self) -> None:
        """Nothing ends before it begins."""
        if self.start and self.end and self.end != MIDNIGHT and self.end <= self.start:
            raise ValidationError({"end": _("This is not after the beginning. Midnight is 00:00.")})


class OfficeSpan(DaySpan):
    """Weekly opening hours."""

    hours = models.ForeignKey(OfficeHours, on_delete=models.CASCADE, related_name="spans")

    class Meta(DaySpan.Meta):
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")


class OfficeBreak(DaySpan):
    """Closed within the opening hours, such as at lunch."""

    hours = models.ForeignKey(OfficeHours, on_delete=models.CASCADE, related_name="breaks")

    class Meta(DaySpan.Meta):
        verbose_name = _("break")
        verbose_name_plural = _("breaks")


class OwnHoliday(models.Model):
    """A day that differs: closed beside the public holidays, or open although it is one."""

    hours = models.ForeignKey(OfficeHours, on_delete=models.CASCADE, related_name="own_holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    closed = models.BooleanField(
        _("closed"), default=True, help_text=_("Off: open on this day, though it is a public holiday.")
    )

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["hours", "day"], name="own_holiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
