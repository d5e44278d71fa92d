"""Personal short numbers: *0 and a position from 1 to 99."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from speeddial.numbers import as_speed_dial

FIRST, LAST = 1, 99
LABEL_LENGTH = 60  # characters


class SpeedDial(models.Model):
    """A number that its user calls by a short one."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="speed_dials",
        verbose_name=_("user"),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
        help_text=_("1 to 99: *05 dials position 5."),
    )
    number = models.CharField(
        _("number"), max_length=40, help_text=_("An internal number or a telephone number.")
    )
    label = models.CharField(_("label"), max_length=LABEL_LENGTH, blank=True)

    class Meta:
        verbose_name = _("speed dial")
        verbose_name_plural = _("speed dials")
        ordering = ["user", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "position"],
                name="one_speed_dial_for_a_position",
                violation_error_message=_("This position is in use already."),
            )
        ]

    def __str__(self) -> str:
        return f"*0{self.position} {self.label or self.number}"

    def clean(self) -> None:
        """The number is one that can be called."""
        try:
            self.number = as_speed_dial(self.number)
        except ValidationError as error:
            raise ValidationError({"number": error.messages}) from error
