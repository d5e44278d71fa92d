"""Trunks with our numbers on them."""

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

from telephony import numbers
from telephony.actions.trunks import do_apply_trunks
from telephony.edge import rpc
from telephony.models import InboundNumber, Trunk


class InboundNumberForm(forms.ModelForm):
    """A number of ours must lead somewhere."""

    class Meta:
        model = InboundNumber
        fields = ("number", "destination")

    def clean_destination(self) -> str:
        destination: str = self.cleaned_data["destination"]
        if not numbers.exists(destination):
            raise forms.ValidationError(
                _("There is no extension or ring group %(number)s.") % {"number": destination}
            )
        return destination


class InboundNumberInline(TabularInline):
    model = InboundNumber
    form = InboundNumberForm
    hide_title = True
    extra = 0


class TrunkForm(forms.ModelForm):
    """The password is never shown again; an empty field keeps it."""

    class Meta:
        model = Trunk
        fields = ("name", "host", "port", "caller_id", "username", "password", "position", "enabled")
        widgets = {"password": UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields and self.instance.password:
            self.fields["password"].help_text = _("Empty: keep the password that is there.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "password" in values and not values["password"] and values.get("username"):
            values["password"] = self.instance.password
        return values


@admin.register(Trunk)
class TrunkAdmin(ModelAdmin):
    form = TrunkForm
    list_display = ("name", "show_peer", "caller_id", "show_numbers", "position", "enabled")
    list_filter = ("enabled",)
    search_fields = ("name", "host", "caller_id", "numbers__number")
    inlines = (InboundNumberInline,)
    fieldsets = (
        (None, {"fields": ("name", ("host", "port"), "caller_id", ("position", "enabled"))}),
        (_("Sign in with the provider"), {"fields": (("username", "password"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trunk]:
        return super().get_queryset(request).annotate(inbound=Count("numbers"))

    @display(description=_("host"), ordering="host")
    def show_peer(self, trunk: Trunk) -> str:
        return f"{trunk.host}:{trunk.port}"

    @display(description=_("inbound numbers"), ordering="inbound")
    def show_numbers(self, trunk: Any) -> int:
        return trunk.inbound

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
