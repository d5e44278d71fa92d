"""Recordings with a player, the rules that say what is recorded, and the log of listeners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.models import User
from pbxsite.adminkit import LiveList, ReadOnlyAdmin, ReadOnlyInline, duration, link, moment
from telephony.extensions.models import Department
from telephony.recordings import audit
from telephony.recordings.actions import do_delete_recording
from telephony.recordings.models import Recording, RecordingParty, RecordingRule

STATE_COLOURS = {
    Recording.State.RAW: "warning",
    Recording.State.COMPRESSED: "success",
    Recording.State.LOST: "danger",
}


class DepartmentFilter(admin.SimpleListFilter):
    """Recordings in which somebody of a department was."""

    title = _("department")
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(str(row.pk), row.name) for row in Department.objects.order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Recording]) -> QuerySet[Recording]:
        chosen = self.value() or ""
        if not chosen.isdecimal():
            return queryset
        found = RecordingParty.objects.filter(department_id=int(chosen)).values("recording")
        return queryset.filter(pk__in=found)


class PartyInline(ReadOnlyInline):
    """The parties of the call."""

    model = RecordingParty
    fields = readonly_fields = ("number", "name", "extension", "user", "department")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("telephony.view_recording")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecordingParty]:
        return super().get_queryset(request).select_related("user", "department")


@admin.register(Recording)
class RecordingAdmin(LiveList, ModelAdmin):
    live_kinds = "recording"
    list_display = (
        "show_started",
        "show_parties",
        "show_duration",
        "show_size",
        "show_state",
        "announced",
        "show_expires",
    )
    list_filter = ("state", "announced", DepartmentFilter, "started")
    list_filter_submit = True
    date_hierarchy = "started"
    search_fields = ("parties__number", "parties__name", "call__id")
    show_full_result_count = False
    inlines = (PartyInline,)
    fields = (
        "show_sound",
        ("show_started", "show_duration"),
        ("tell_state", "show_size"),
        ("announced", "asked_by"),
        ("show_expires", "show_call"),
        "show_checksum",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recording]:
        return super().get_queryset(request).prefetch_related("parties")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Recording | None = None) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """The right to delete a recording includes the list of its parties."""
        gone, counts, needed, protected = super().get_deleted_objects(objs, request)
        return gone, counts, {name for name in needed if name != RecordingParty._meta.verbose_name}, protected

    def delete_model(self, request: HttpRequest, obj: Recording) -> None:
        do_delete_recording(obj, _who(request), audit.address_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Recording]) -> None:
        for recording in queryset:
            do_delete_recording(recording, _who(request), audit.address_of(request))

    @display(description=_("when"), ordering="started")
    def show_started(self, recording: Recording) -> str:
        return moment(recording.started, seconds=False)

    @display(description=_("parties"))
    def show_parties(self, recording: Recording) -> str:
        return ", ".join(str(party) for party in recording.parties.all())

    @display(description=_("duration"), ordering="seconds")
    def show_duration(self, recording: Recording) -> str:
        return duration(round(recording.seconds * 1000))

    @display(description=_("size"), ordering="bytes")
    def show_size(self, recording: Recording) -> str:
        return filesizeformat(recording.bytes)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def show_state(self, recording: Recording) -> tuple[str, str]:
        return recording.state, recording.get_state_display()

    @display(description=_("state"))
    def tell_state(self, recording: Recording) -> str:
        return recording.get_state_display()

    @display(description=_("SHA-256"))
    def show_checksum(self, recording: Recording) -> SafeString | str:
        return (
            format_html('<code class="kiestoon-checksum">{}</code>', recording.checksum)
            if recording.checksum
            else "-"
        )

    @display(description=_("kept until"), ordering="expires")
    def show_expires(self, recording: Recording) -> str:
        return moment(recording.expires, seconds=False)

    @display(description=_("call"))
    def show_call(self, recording: Recording) -> SafeString:
        url = reverse("admin:telephony_call_change", args=[recording.call_id])
        return format_html('<a class="text-link" href="{}">{}</a>', url, recording.call_id)

    @display(description=_("sound"))
    def show_sound(self, recording: Recording) -> SafeString | str:
        return player(recording)


def _who(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def player(recording: Recording) -> SafeString | str:
    """A player and a link to save the file, for pages whose reader may hear it."""
    if recording.state == Recording.State.LOST:
        return gettext("The file is not there any more.")
    url = reverse("recording-sound", args=[recording.pk])
    return format_html(
        '<audio controls preload="none" src="{}"></audio> <a class="text-link" href="{}?download=1">{}</a>',
        url,
        url,
        gettext("Download"),
    )


@admin.register(RecordingRule)
class RecordingRuleAdmin(ModelAdmin):
    list_display = ("show_subject", "show_kind", "record", "announce", "show_days")
    list_filter = ("record", "announce")
    list_select_related = ("department", "trunk", "inbound")
    fieldsets = (
        (
            None,
            {
                "fields": ("department", "trunk", "inbound", ("record", "announce"), "keep_days"),
                "description": _(
                    "Choose one: a department, a trunk or an inbound number. Extensions whose calls are always "
                    "recorded have a switch on their own page."
                ),
            },
        ),
    )

    @display(description=_("about"))
    def show_subject(self, rule: RecordingRule) -> str:
        return str(rule)

    @display(description=_("kind"))
    def show_kind(self, rule: RecordingRule) -> str:
        return str(rule.subject._meta.verbose_name) if rule.subject else "-"

    @display(description=_("keep for"), ordering="keep_days")
    def show_days(self, rule: RecordingRule) -> str:
        if rule.keep_days is None:
            return "-"
        return gettext("%(days)d days") % {"days": rule.keep_days}


WHAT = {
    audit.LISTENED: (_("listened"), "info"),
    audit.DOWNLOADED: (_("downloaded"), "warning"),
    audit.DELETED: (_("deleted"), "danger"),
    audit.EXPIRED: (_("expired"), "base"),
}


class WhatFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(key, words[0]) for key, words in WHAT.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return queryset.filter(additional_data__what=self.value()) if self.value() in WHAT else queryset


if admin.site.is_registered(LogEntry):
    admin.site.unregister(LogEntry)


@admin.register(LogEntry)
class AuditAdmin(ReadOnlyAdmin):
    """What each person did with which recording, from where. Nobody can change or remove a line here."""

    list_display = ("show_when", "show_who", "show_what", "show_which", "show_address")
    list_display_links = ("show_when",)
    list_filter = (WhatFilter, "timestamp")
    list_filter_submit = True
    list_select_related = ("actor", "content_type")
    date_hierarchy = "timestamp"
    search_fields = ("object_repr", "actor__name", "actor_email", "remote_addr")
    show_full_result_count = False
    fields = (("show_when", "show_who"), ("tell_what", "show_address"), "show_object")

    @display(description=_("when"), ordering="timestamp")
    def show_when(self, entry: LogEntry) -> str:
        return moment(entry.timestamp)

    @display(description=_("who"), ordering="actor_email")
    def show_who(self, entry: LogEntry) -> str:
        if entry.actor is not None:
            return f"{entry.actor} ({entry.actor.email})"
        return entry.actor_email or gettext("the exchange itself")

    @display(description=_("what"), label={key: words[1] for key, words in WHAT.items()})
    def show_what(self, entry: LogEntry) -> tuple[str, str]:
        what = str((entry.additional_data or {}).get("what", ""))
        return (what, str(WHAT[what][0])) if what in WHAT else ("", entry.get_action_display())

    @display(description=_("what"))
    def tell_what(self, entry: LogEntry) -> str:
        return self.show_what(entry)[1]

    @display(description=_("from address"), ordering="remote_addr")
    def show_address(self, entry: LogEntry) -> str:
        return entry.remote_addr or "-"

    @display(description=_("which"), ordering="object_repr")
    def show_which(self, entry: LogEntry) -> str:
        return entry.object_repr

    @display(description=_("which"))
    def show_object(self, entry: LogEntry) -> SafeString | str:
        recording = Recording.objects.filter(pk=entry.object_id).first()
        return link(recording, entry.object_repr) if recording else entry.object_repr
