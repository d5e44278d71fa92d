"""Trunks: the lines to the outside world."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

outside_number = RegexValidator(r"^\+?[0-9]{3,20}$", _("Digits only, with a + in front if international."))
host_name = RegexValidator(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", _("A host name or an IPv4 address."))


class Trunk(models.Model):
    """A provider's SIP peer, known by its address."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    host = models.CharField(_("host"), max_length=120, validators=[host_name])
    port = models.PositiveIntegerField(
        _("port"), default=5060, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    caller_id = models.CharField(
        _("caller id"),
        max_length=21,
        blank=True,
        validators=[outside_number],
        help_text=_("The number that called parties see."),
    )
    username = models.CharField(
        _("username"), max_length=80, blank=True, help_text=_("If the provider asks for one.")
    )
    password = models.CharField(_("password"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("The lowest is tried first.")
    )
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("trunk")
        verbose_name_plural = _("trunks")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class InboundNumber(models.Model):
    """A number of ours on a trunk (DID) and the internal number that it reaches."""

    number = models.CharField(_("number"), max_length=21, unique=True, validators=[outside_number])
    trunk = models.ForeignKey(
        Trunk, on_delete=models.CASCADE, related_name="numbers", verbose_name=_("trunk")
    )
    destination = models.CharField(
        _("rings"),
        max_length=6,
        help_text=_("An extension or ring group."),
        validators=[RegexValidator(r"^[1-9][0-9]{1,5}$")],
    )

    class Meta:
        verbose_name = _("inbound number")
        verbose_name_plural = _("inbound numbers")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number
