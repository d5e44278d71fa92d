"""The call log: one row a call, one a leg, and why the call went where it went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Call(models.Model):
    """A call from its first INVITE to its last BYE, the failed ones too (a CDR).

    `steps` is a list of {"at": seconds since start, "code": str, "args": {...}}; `telephony.calls.story` tells it.
    """

    class Direction(models.TextChoices):
        INTERNAL = "internal", _("internal")
        INBOUND = "inbound", _("inbound")
        OUTBOUND = "outbound", _("outbound")

    class Outcome(models.TextChoices):
        LIVE = "live", _("in progress")
        ANSWERED = "answered", _("answered")
        VOICEMAIL = "voicemail", _("voicemail")
        SERVICE = "service", _("service")
        NO_ANSWER = "no_answer", _("no answer")
        BUSY = "busy", _("busy")
        UNAVAILABLE = "unavailable", _("not registered")
        UNKNOWN = "unknown", _("unknown number")
        CANCELLED = "cancelled", _("caller hung up")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")
        LOST = "lost", _("lost")

    id = models.CharField(primary_key=True, max_length=20)
    node = models.CharField(_("media node"), max_length=40)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.LIVE)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    caller = models.CharField(_("caller"), max_length=80)
    caller_name = models.CharField(_("caller's name"), max_length=120, blank=True)
    dialled = models.CharField(_("dialled"), max_length=80)
    answered_by = models.CharField(_("answered by"), max_length=80, blank=True)
    started = models.DateTimeField(_("started"))
    answered = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    recording = models.CharField(_("recording"), max_length=200, blank=True)
    steps = models.JSONField(_("steps"), default=list)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-started"]
        indexes = [
            models.Index(fields=["-started"], name="call_started"),
            models.Index(fields=["caller", "-started"], name="call_caller"),
            models.Index(fields=["outcome", "-started"], name="call_outcome"),
            models.Index(fields=["dialled", "-id"], name="call_dialled"),
        ]

    def __str__(self) -> str:
        return f"{self.caller} → {self.dialled}"

    @property
    def seconds(self) -> int | None:
        """Whole seconds of conversation, or None when it was never answered or still goes on."""
        if self.answered is None or self.ended is None:
            return None
        return round((self.ended - self.answered).total_seconds())


class CallLeg(models.Model):
    """One party's part of a call."""

    class Role(models.TextChoices):
        CALLER = "caller", _("caller")
        TARGET = "target", _("rung")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    number = models.CharField(_("number"), max_length=80)
    extension = models.CharField(_("extension"), max_length=6, blank=True)
    device = models.BigIntegerField(null=True, blank=True)
    started = models.DateTimeField(_("started"))
    answered = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("SIP status"), default=0)
    codec = models.CharField(_("codec"), max_length=20, blank=True)
    # Only of a leg to the outside: over which trunk, and which extension it counts for.
    trunk = models.BigIntegerField(null=True, blank=True)
    payer = models.CharField(max_length=6, blank=True, db_default="")

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        ordering = ["started", "id"]
        # A person's own log: the newest of their legs.
        indexes = [
            models.Index(fields=["extension", "-call"], name="leg_extension"),
            models.Index(fields=["started"], name="leg_outside", condition=models.Q(trunk__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.number}"


class HiddenCall(models.Model):
    """A call that a user took off their own list; everybody else still sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hidden_calls")
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("hidden call")
        verbose_name_plural = _("hidden calls")
        constraints = [models.UniqueConstraint(fields=["user", "call"], name="hidden_once")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.call_id}"
