"""Trunks with our numbers on them, how they are doing, and the rules and limits of calls to outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from pbxsite.adminkit import LiveList, OnlyRowAdmin, ReadOnlyInline, moment
from telephony.edge import rpc
from telephony.edge.apply import do_apply_trunks
from telephony.trunks.models import InboundNumber, Trunk, TrunkEvent, TrunkState
from telephony.trunks.rules import CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights

STATE_COLOURS = {
    TrunkState.State.REGISTERED: "success",
    TrunkState.State.REACHABLE: "success",
    TrunkState.State.AWAY: "danger",
    TrunkState.State.UNKNOWN: "info",
}


class InboundNumberInline(TabularInline):
    model = InboundNumber
    fields = ("number", "kind", "target", "closed_kind", "closed_target")
    hide_title = True
    extra = 0


class TrunkEventInline(ReadOnlyInline):
    """What became of the trunk lately."""

    model = TrunkEvent
    fields = readonly_fields = ("at", "state", "error")
    per_page = 10


class TrunkForm(forms.ModelForm):
    """The password is never shown again; an empty field keeps it."""

    class Meta:
        model = Trunk
        fields = (
            *("name", "kind", "host", "port", "transport", "verify", "authority"),
            *("addresses", "domain", "username", "password", "expires"),
            *("caller_id", "show_original", "number_format", "position", "enabled"),
        )
        widgets = {"password": UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields and self.instance.password:
            self.fields["password"].help_text = _("Empty: keep the password that is there.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["password"] = values.get("password") or self.instance.password
        # The model's own validation looks at the instance.
        self.instance.password = values["password"]
        if values["password"] and not values.get("username"):
            self.add_error("username", _("A password needs a username."))
        return values


@admin.register(Trunk)
class TrunkAdmin(LiveList, ModelAdmin):
    form = TrunkForm
    live_kinds = "trunk"
    list_display = (
        *("name", "show_state", "show_since", "show_error", "show_peer", "kind"),
        *("caller_id", "show_numbers", "position", "enabled"),
    )
    list_editable = ("position",)
    list_filter = ("enabled", "kind")
    list_filter_submit = True
    list_select_related = ("state",)
    search_fields = ("name", "host", "numbers__number")
    inlines = (InboundNumberInline, TrunkEventInline)
    readonly_fields = ("show_state", "show_since", "show_error")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "kind"),
                    "host",
                    ("port", "transport"),
                    "addresses",
                    ("position", "enabled"),
                )
            },
        ),
        (_("How it is doing"), {"fields": (("show_state", "show_since", "show_error"),)}),
        (_("Calling out"), {"fields": (("caller_id", "number_format"), "show_original")}),
        (
            _("Certificate, with TLS"),
            {"fields": ("verify", "authority"), "classes": ("collapse",)},
        ),
        (
            _("Account at the provider"),
            {"fields": (("username", "password"), ("domain", "expires")), "classes": ("collapse",)},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trunk]:
        return super().get_queryset(request).annotate(inbound=Count("numbers"))

    @display(description=_("host"), ordering="host")
    def show_peer(self, trunk: Trunk) -> str:
        return trunk.place

    @display(description=_("inbound numbers"), ordering="inbound")
    def show_numbers(self, trunk: Any) -> int:
        return trunk.inbound

    @display(description=_("state"), label=STATE_COLOURS)
    def show_state(self, trunk: Trunk) -> tuple[str, str]:
        state = getattr(trunk, "state", None)
        value = state.state if state and trunk.enabled else TrunkState.State.UNKNOWN
        return value, str(TrunkState.State(value).label)

    @display(description=_("since"))
    def show_since(self, trunk: Trunk) -> str:
        state = getattr(trunk, "state", None)
        return moment(state.since if state else None)

    @display(description=_("last error"))
    def show_error(self, trunk: Trunk) -> str:
        state = getattr(trunk, "state", None)
        return (state.error if state else "") or "-"

    def save_model(self, request: HttpRequest, obj: Trunk, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._reload(request)

    def delete_model(self, request: HttpRequest, obj: Trunk) -> None:
        super().delete_model(request, obj)
        self._reload(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Trunk]) -> None:
        super().delete_queryset(request, queryset)
        self._reload(request)

    def _reload(self, request: HttpRequest) -> None:
        """Tell the edge after the commit; what it could not be told it reads at its next start."""

        def reload() -> None:
            try:
                do_apply_trunks()
            except rpc.EdgeError as error:
                messages.warning(
                    request,
                    gettext(
                        "Saved, but the edge does not know it yet: %(error)s. Save again when it is back."
                    )
                    % {"error": error},
                )

        transaction.on_commit(reload, robust=True)


class RuleTrunkInline(TabularInline):
    model = OutboundRuleTrunk
    fields = ("trunk", "position")
    extra = 0
    hide_title = True
    verbose_name_plural = _("Over these trunks; none: over all of them in their order")


@admin.register(OutboundRule)
class OutboundRuleAdmin(ModelAdmin):
    list_display = ("name", "position", "prefix", "show_lengths", "show_change", "allowed", "enabled")
    list_editable = ("position",)
    search_fields = ("name", "prefix")
    autocomplete_fields = ("extensions", "departments")
    inlines = (RuleTrunkInline,)
    fieldsets = (
        (None, {"fields": (("name", "position"), ("allowed", "enabled"))}),
        (_("Which numbers"), {"fields": ("prefix", ("shortest", "longest"))}),
        (_("Who"), {"fields": (("extensions", "departments"),)}),
        (_("What is sent"), {"fields": (("strip", "prepend"),)}),
    )

    @display(description=_("digits"))
    def show_lengths(self, rule: OutboundRule) -> str:
        if not rule.shortest and not rule.longest:
            return "-"
        return f"{rule.shortest or ''}–{rule.longest or ''}"

    @display(description=_("what is sent"))
    def show_change(self, rule: OutboundRule) -> str:
        return (f"−{rule.strip} " if rule.strip else "") + rule.prepend or "-"


@admin.register(OutsideRights)
class OutsideRightsAdmin(ModelAdmin):
    """Extensions that may do more or less outside than everybody, or show another number."""

    list_display = ("extension", "allowed", "caller_id", "anonymous", "calls", "minutes")
    list_filter = ("allowed", "anonymous")
    list_select_related = ("extension",)
    search_fields = ("extension__number", "extension__name", "caller_id")
    autocomplete_fields = ("extension",)
    fieldsets = (
        (None, {"fields": ("extension", "allowed")}),
        (_("Which number is shown"), {"fields": (("caller_id", "anonymous"),)}),
        (_("How much"), {"fields": (("calls", "minutes"),)}),
    )


@admin.register(CallingLimits)
class CallingLimitsAdmin(OnlyRowAdmin):
    fieldsets = (
        (_("Where to"), {"fields": ("countries", ("premium", "satellite"))}),
        (_("How much, all together"), {"fields": (("calls", "minutes"),)}),
        (_("How much, each extension"), {"fields": (("person_calls", "person_minutes"),)}),
        (_("How long"), {"fields": ("longest",)}),
    )
