"""Devices: their secret is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from pbxsite.adminkit import NewRowForm, change_url, done, show_once
from pbxsite.instance import instance
from telephony.admin.registrations import EndsRegistrations
from telephony.edge.models import Registration
from telephony.edge.registrations import end_after_commit
from telephony.extensions.actions import do_renew_secret, do_save_new_device
from telephony.extensions.models import Device


def show_secret(request: HttpRequest, device: Device, secret: str) -> None:
    """Everything that is typed into the phone, once."""
    show_once(
        request,
        gettext("Device %(username)s") % {"username": device.username},
        [
            (gettext("server"), f"{instance.advertised}:{instance.sip_port}"),
            (gettext("SIP user"), device.username),
            (gettext("secret"), secret),
        ],
    )


class DeviceForm(NewRowForm):
    """A device without a SIP user gets the number of its extension when it is saved."""

    class Meta:
        model = Device
        fields = ("extension", "label", "kind", "username", "enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if username := self.fields.get("username"):
            username.required = False
            # The secret's digest holds the SIP user: a new name needs a new device.
            username.disabled = self.instance.pk is not None
            username.help_text = _("Empty: the number of the extension.")


@admin.register(Device)
class DeviceAdmin(EndsRegistrations, ModelAdmin):
    form = DeviceForm
    fields = ("extension", "username", ("label", "kind"), "enabled")
    list_display = ("username", "label", "extension", "show_kind", "show_registered", "enabled")
    list_filter = ("kind", "enabled")
    list_filter_submit = True
    list_select_related = ("extension",)
    search_fields = ("username", "label", "extension__number", "extension__name")
    autocomplete_fields = ("extension",)
    actions_detail = ("renew_secret",)
    actions_row = ("renew_secret",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        return super().get_queryset(request).annotate(contacts=Count("registrations"))

    def get_readonly_fields(self, request: HttpRequest, obj: Device | None = None) -> tuple[str, ...]:
        # The SIP user names the extension: for another extension, make another device.
        return ("extension", "username") if obj else ()

    @display(description=_("kind"), ordering="kind")
    def show_kind(self, device: Device) -> str:
        return device.get_kind_display()

    @display(description=_("registered"), ordering="contacts", boolean=True)
    def show_registered(self, device: Any) -> bool:
        return device.contacts > 0

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        if not change:
            show_secret(request, obj, do_save_new_device(obj))
            return
        super().save_model(request, obj, form, change)
        if not obj.enabled:
            end_after_commit(obj.registrations.all())

    def delete_model(self, request: HttpRequest, obj: Device) -> None:
        end_after_commit(obj.registrations.all())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        end_after_commit(Registration.objects.filter(device__in=queryset))
        super().delete_queryset(request, queryset)

    @action(
        description=_("Make a new secret"),
        icon="key",
        permissions=["change"],
        dialog={
            "title": _("Make a new secret?"),
            "description": _("The phone stops working until the new secret is typed into it."),
            "form_submit_text": _("Make a new secret"),
        },
    )
    def renew_secret(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        device = self.get_object(request, object_id)
        if device is None:
            raise Http404
        show_secret(request, device, do_renew_secret(device))
        self.log_change(request, device, gettext("New secret."))
        return done(request, change_url(device))
