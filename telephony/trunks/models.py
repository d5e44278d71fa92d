"""Trunks: the lines to the outside world, our numbers on them, and the rights to call outside."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.extensions.destinations import Kind, check
from telephony.extensions.validators import (
    certificates,
    further_addresses,
    host_name,
    outside_number,
    quiet_text,
)
from telephony.routing import phone_numbers


class Trunk(models.Model):
    """A provider's SIP peer: one that knows us by our address, or one with which we register."""

    class Kind(models.TextChoices):
        ADDRESS = "address", _("by address")
        REGISTRATION = "registration", _("by registration")

    class NumberFormat(models.TextChoices):
        E164 = phone_numbers.NumberFormat.E164, "+31201234567"
        DIGITS = phone_numbers.NumberFormat.DIGITS, "31201234567"
        INTERNATIONAL = phone_numbers.NumberFormat.INTERNATIONAL, "0031201234567"
        NATIONAL = phone_numbers.NumberFormat.NATIONAL, "0201234567"
        DIALLED = phone_numbers.NumberFormat.DIALLED, _("as dialled")

    class Transport(models.TextChoices):
        UDP = "udp", "UDP"
        TCP = "tcp", "TCP"
        TLS = "tls", "TLS"
        DNS = "dns", _("as the domain's DNS records say")

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(
        _("the provider knows us"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.ADDRESS,
        help_text=_("By registration: with a username and password, wherever we are."),
    )
    host = models.CharField(_("host"), max_length=120, validators=[host_name])
    port = models.PositiveIntegerField(
        _("port"),
        default=5060,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text=_(
            "Empty: the host is a domain, and its DNS records (NAPTR, SRV) say where the provider is."
        ),
    )
    transport = models.CharField(
        _("transport"), max_length=3, choices=Transport.choices, default=Transport.UDP
    )
    verify = models.BooleanField(
        _("check the certificate"),
        default=True,
        help_text=_("With TLS: only a provider whose certificate is for the host is called."),
    )
    authority = models.TextField(
        _("signed by"),
        blank=True,
        validators=[certificates],
        help_text=_("Certificates (PEM) of who may have signed it. Empty: those that this system trusts."),
    )
    addresses = models.CharField(
        _("further addresses"),
        max_length=400,
        blank=True,
        validators=[further_addresses],
        help_text=_(
            "Tried in this order when the host does not answer, and calls from them are accepted. "
            "A network such as 192.0.2.0/28 is for incoming calls only."
        ),
    )
    domain = models.CharField(
        _("domain"),
        max_length=120,
        blank=True,
        validators=[host_name],
        help_text=_("Where it differs from the host: the part of our address after the @."),
    )
    caller_id = models.CharField(
        _("caller id"),
        max_length=21,
        blank=True,
        validators=[outside_number],
        help_text=_("The number that called parties see, unless a user or department has one."),
    )
    show_original = models.BooleanField(
        _("show the original caller"),
        default=False,
        help_text=_("On calls that are forwarded to outside; the provider must allow it."),
    )
    number_format = models.CharField(
        _("numbers are sent as"), max_length=14, choices=NumberFormat.choices, default=NumberFormat.E164
    )
    username = models.CharField(
        _("username"),
        max_length=64,
        blank=True,
        validators=[quiet_text],
        help_text=_("If the provider asks for one."),
    )
    password = models.CharField(_("password"), max_length=64, blank=True)
    expires = models.PositiveIntegerField(
        _("register every"),
        default=600,
        validators=[MinValueValidator(60), MaxValueValidator(3600)],
        help_text=_("Seconds."),
    )
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

    @property
    def place(self) -> str:
        """Where it is, in short: "192.0.2.1:5060", "provider.example tls"."""
        words = [self.host if self.port is None else f"{self.host}:{self.port}"]
        if self.transport != self.Transport.UDP:
            words.append(self.transport)
        return " ".join(words)

    def clean(self) -> None:
        """A registration needs something to register with; numbers are kept in one form."""
        self.caller_id = phone_numbers.international(self.caller_id, settings.COUNTRY)
        if self.transport == self.Transport.DNS and self.port is not None:
            raise ValidationError({"port": _("Leave it empty: the DNS records name the port, too.")})
        if self.kind == self.Kind.REGISTRATION:
            missing = _("A registration needs this.")
            wrong = {name: missing for name in ("username", "password") if not getattr(self, name)}
            if wrong:
                raise ValidationError(wrong)


class InboundNumber(models.Model):
    """A number of ours on a trunk (DID), and where its calls go in and outside office hours."""

    number = models.CharField(_("number"), max_length=21, unique=True, validators=[outside_number])
    trunk = models.ForeignKey(
        Trunk, on_delete=models.CASCADE, related_name="numbers", verbose_name=_("trunk")
    )
    kind = models.CharField(_("goes to"), max_length=12, choices=Kind.choices, default=Kind.EXTENSION)
    target = models.CharField(_("number"), max_length=21, blank=True)
    closed_kind = models.CharField(
        _("outside office hours"),
        max_length=12,
        choices=Kind.choices,
        blank=True,
        help_text=_("Empty: the same."),
    )
    closed_target = models.CharField(_("number"), max_length=21, blank=True)

    class Meta:
        verbose_name = _("inbound number")
        verbose_name_plural = _("inbound numbers")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        """One form for each number, and no number that leads nowhere."""
        self.number = phone_numbers.international(self.number, settings.COUNTRY)
        _check_destination(self.kind, self.target, "target")
        if self.closed_kind:
            _check_destination(self.closed_kind, self.closed_target, "closed_target")
        elif self.closed_target:
            raise ValidationError({"closed_kind": _("Choose where the call goes.")})


def _check_destination(kind: str, target: str, field: str) -> None:
    """`destination.check`, and nothing that needs somebody whose call it is."""
    if kind == Kind.MOBILE or (kind == Kind.VOICEMAIL and not target):
        raise ValidationError({field: _("A number of ours has no owner: name an extension.")})
    check(kind, target, field)


class TrunkState(models.Model):
    """How a trunk is doing, as the edge sees it. Only the edge agent writes it."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        REGISTERED = "registered", _("registered")
        REACHABLE = "reachable", _("reachable")
        AWAY = "away", _("away")

    trunk = models.OneToOneField(Trunk, on_delete=models.CASCADE, related_name="state")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNKNOWN)
    since = models.DateTimeField(_("since"))
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("trunk state")
        verbose_name_plural = _("trunk states")

    def __str__(self) -> str:
        return f"{self.trunk_id} {self.state}"


class TrunkEvent(models.Model):
    """A change of a trunk's state, kept for looking back."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("time"))
    state = models.CharField(_("state"), max_length=12, choices=TrunkState.State.choices)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("trunk event")
        verbose_name_plural = _("trunk events")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.trunk_id} {self.state}"
