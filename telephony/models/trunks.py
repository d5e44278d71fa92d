"""Trunks: the lines to the outside world, our numbers on them, and who may call where."""

from __future__ import annotations

import ipaddress
import re

from cryptography import x509
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony import dialling
from telephony.destination import Kind, check
from telephony.models.extensions import Extension

host_name = RegexValidator(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", _("A host name or an IPv4 address."))
digits_only = RegexValidator(r"^\+?[0-9]*$", _("Digits only, with a + in front if international."))
quiet_text = RegexValidator(r'^[^\s"<>;,\\|]*$', _("No spaces, quotes or brackets."))

# The longest name of a public country code list entry and a comma, for all of them.
COUNTRIES_LENGTH = 1000


def outside_number(number: str) -> None:
    """Raise ValidationError unless this can be a telephone number."""
    if not re.fullmatch(r"\+?[0-9]{3,20}", dialling.clean(number)):
        raise ValidationError(_("Digits only, with a + in front if international."))


def further_addresses(text: str) -> None:
    """Raise ValidationError unless this is a list of addresses as in `Trunk.addresses`."""
    for word in re.split(r"[\s,]+", text.strip()):
        if not word:
            continue
        try:
            ipaddress.ip_network(word, strict=False)
            continue
        except ValueError:
            pass
        host, _colon, port = word.partition(":")
        try:
            host_name(host)
        except ValidationError as error:
            raise ValidationError(_("%(word)s is no address.") % {"word": word}) from error
        if _colon and not (port.isdecimal() and 0 < int(port) < 65536):
            raise ValidationError(_("%(word)s has no port that exists.") % {"word": word})


def certificates(text: str) -> None:
    """Raise ValidationError unless these are certificates in PEM."""
    try:
        x509.load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise ValidationError(_("No certificate in PEM form.")) from error


class Trunk(models.Model):
    """A provider's SIP peer: one that knows us by our address, or one with which we register."""

    class Kind(models.TextChoices):
        ADDRESS = "address", _("by address")
        REGISTRATION = "registration", _("by registration")

    class NumberFormat(models.TextChoices):
        E164 = "e164", "+31201234567"
        DIGITS = "digits", "31201234567"
        INTERNATIONAL = "international", "0031201234567"
        NATIONAL = "national", "0201234567"
        DIALLED = "dialled", _("as dialled")

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
        self.caller_id = dialling.international(self.caller_id, settings.COUNTRY)
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
        self.number = dialling.international(self.number, settings.COUNTRY)
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
    """A change of a trunk's state, for whoever looks back."""

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


class OutboundRule(models.Model):
    """Which numbers go over which trunks, for whom, and changed how. The first rule that fits counts."""

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
    """What one extension may do outside, and as whom; without a row it is as for everybody."""

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
        self.caller_id = dialling.international(self.caller_id, settings.COUNTRY)


def country_codes(text: str) -> None:
    """Raise ValidationError unless these are ISO codes of countries that can be called."""
    for code in re.split(r"[\s,]+", text.strip().upper()):
        if code and code not in dialling.COUNTRIES:
            raise ValidationError(
                _("%(code)s is no country; NL, BE and DE are some.") % {"code": code}, code="country"
            )


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
