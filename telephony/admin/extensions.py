"""Extensions, with their devices and mailbox on the same page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display

from pbxsite.adminkit import NewRowForm, link, show_once
from telephony.admin.devices import DeviceForm, show_secret
from telephony.admin.registrations import EndsRegistrations
from telephony.edge.models import Registration
from telephony.edge.registrations import end_after_commit
from telephony.extensions import numbering
from telephony.extensions.actions import do_save_new_device
from telephony.extensions.models import Device, Extension
from voicemail.models import Mailbox


class DeviceInline(TabularInline):
    """Phones of the extension; a new one gets its secret when the page is saved."""

    model = Device
    form = DeviceForm
    fields = ("username", "label", "kind", "enabled", "show_secret")
    readonly_fields = ("show_secret",)
    extra = 0
    hide_title = True

    @display(description=_("secret"))
    def show_secret(self, device: Device) -> SafeString | str:
        return link(device, gettext("Make a new secret")) if device.pk else gettext("shown after saving")


class MailboxInline(StackedInline):
    """The mailbox; a new one gets its PIN when the page is saved."""

    model = Mailbox
    form = NewRowForm
    fields = ("enabled", "send_email")
    extra = 0
    show_change_link = True


@admin.register(Extension)
class ExtensionAdmin(EndsRegistrations, ModelAdmin):
    list_display = (
        "number",
        "name",
        "user",
        "language",
        "show_devices",
        "show_voicemail",
        "record_calls",
        "enabled",
    )
    list_display_links = ("number", "name")
    list_filter = ("enabled", "department", "record_calls", "language")
    list_filter_submit = True
    list_select_related = ("user", "mailbox")
    search_fields = ("number", "name", "user__email", "devices__username")
    autocomplete_fields = ("user", "department")
    inlines = (DeviceInline, MailboxInline)
    fieldsets = (
        (None, {"fields": (("number", "name"), ("user", "language"), ("department", "enabled"))}),
        (_("Calls"), {"fields": ("ring_seconds", ("may_listen_in", "lamp_private"))}),
        (_("Recording"), {"fields": (("record_calls", "announce_recording"), "recordings")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Extension]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                phones=Count("devices", distinct=True),
                ringing=Count("devices", filter=Q(devices__registrations__isnull=False), distinct=True),
            )
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": numbering.next_free(), **super().get_changeform_initial_data(request)}

    @display(description=_("devices registered"), ordering="phones")
    def show_devices(self, extension: Any) -> str:
        return gettext("%(registered)s of %(all)s") % {
            "registered": extension.ringing,
            "all": extension.phones,
        }

    @display(description=_("voicemail"), boolean=True)
    def show_voicemail(self, extension: Extension) -> bool:
        return hasattr(extension, "mailbox") and extension.mailbox.enabled

    def save_model(self, request: HttpRequest, obj: Extension, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.enabled:
            end_after_commit(Registration.objects.filter(extension=obj.number))

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: Any, change: bool) -> None:
        """New devices and mailboxes get what they need to be usable, shown once; gone ones stop ringing."""
        rows = formset.save(commit=False)
        for gone in formset.deleted_objects:
            if isinstance(gone, Device):
                end_after_commit(gone.registrations.all())
            gone.delete()
        for row in rows:
            if isinstance(row, Device) and row.pk is None:
                show_secret(request, row, do_save_new_device(row))
            elif isinstance(row, Mailbox) and row.pk is None:
                pin = row.make_pin()
                row.save()
                show_once(request, gettext("Mailbox %(mailbox)s") % {"mailbox": row}, [(gettext("PIN"), pin)])
            else:
                row.save()
                if isinstance(row, Device) and not row.enabled:
                    end_after_commit(row.registrations.all())
        formset.save_m2m()

    def delete_model(self, request: HttpRequest, obj: Extension) -> None:
        end_after_commit(Registration.objects.filter(extension=obj.number))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Extension]) -> None:
        end_after_commit(Registration.objects.filter(extension__in=queryset.values("number")))
        super().delete_queryset(request, queryset)
