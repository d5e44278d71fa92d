"""What the edge sees right now: registrations and bans."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Registration(models.Model):
    """A device's current contact (RFC 3261 §10); rows come and go with the edge's events."""

    device = models.ForeignKey(
        "telephony.Device",
        on_delete=models.CASCADE,
        related_name="registrations",
        null=True,
        verbose_name=_("device"),
    )
    extension = models.CharField(_("extension"), max_length=6, db_index=True)
    contact = models.CharField(_("contact"), max_length=255)
    source = models.CharField(_("address"), max_length=80)
    user_agent = models.CharField(_("user agent"), max_length=160, blank=True)
    since = models.DateTimeField(_("since"))
    expires = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("live registrations")
        ordering = ["extension"]
        constraints = [models.UniqueConstraint(fields=["extension", "contact"], name="one_row_a_contact")]

    def __str__(self) -> str:
        return f"{self.extension} {self.contact}"


class Ban(models.Model):
    """An address that the edge ignores for a while."""

    address = models.GenericIPAddressField(_("address"), unique=True)
    reason = models.CharField(_("reason"), max_length=40)
    username = models.CharField(_("last SIP user tried"), max_length=80, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-since"]

    def __str__(self) -> str:
        return self.address
