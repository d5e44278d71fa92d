"""Everybody's status, and on one page an extension's status, settings, forwardings, exceptions and working hours."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display

from pbxsite.adminkit import LiveList, moment
from presence import actions, selectors
from presence.admin.forms import (
    ExceptionForm,
    ExceptionFormSet,
    ReachabilityForm,
    WorkingSpanForm,
    forwarding_rows,
    line_title,
)
from presence.models import ForwardingException, Reachability, WorkingSpan, cases_of
from presence.status import Status
from telephony.hours.forms import HOURS_AND_MINUTES, SpanFormSet


class WorkingSpanFormSet(SpanFormSet):
    """Own working hours without any hours would mean: never to be reached."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and form.has_changed()]
        kept += [form for form in self.initial_forms if form not in self.deleted_forms]
        if getattr(self.instance, "wants_own_hours", False) and not kept and not any(self.errors):
            self._non_form_errors.append(  # type: ignore[attr-defined]
                gettext("Own working hours are on: enter them, or switch them off.")
            )


class WorkingSpanInline(TabularInline):
    """Own working hours; they count while the switch above is on."""

    model = WorkingSpan
    form = WorkingSpanForm
    formset = WorkingSpanFormSet
    fields = ("weekday", "start", "end")
    formfield_overrides = HOURS_AND_MINUTES
    extra = 0
    hide_title = True


class ExceptionInline(StackedInline):
    """Exceptions in their order; dragging changes it."""

    model = ForwardingException
    form = ExceptionForm
    formset = ExceptionFormSet
    fields = (("caller", "enabled"), ("start", "end"), "weekdays", ("kind", "target"), "position")
    formfield_overrides = HOURS_AND_MINUTES
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0


class StatusFilter(admin.SimpleListFilter):
    """By status; an extension that has never set one is available."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Status.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reachability]) -> QuerySet[Reachability]:
        value = self.value()
        if value == Status.AVAILABLE:
            return queryset.filter(Q(presence=None) | Q(presence__status=value))
        return queryset.filter(presence__status=value) if value in Status.values else queryset


class BrokenFilter(admin.SimpleListFilter):
    """Extensions whose calls would go to a person who has left."""

    title = _("forwardings")
    parameter_name = "broken"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("1", _("that lead nowhere"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reachability]) -> QuerySet[Reachability]:
        if self.value() != "1":
            return queryset
        return queryset.filter(pk__in={row.extension_id for row in selectors.broken_forwardings()})


@admin.register(Reachability)
class ReachabilityAdmin(LiveList, ModelAdmin):
    form = ReachabilityForm
    live_kinds = "presence extension"
    list_display = (
        "number",
        "name",
        "department",
        "show_status",
        "show_until",
        "show_message",
        "show_broken",
    )
    list_display_links = ("number", "name")
    list_filter = (StatusFilter, BrokenFilter, "department")
    list_select_related = ("presence", "department")
    search_fields = ("number", "name", "presence__message", "presence__mobile", "department__name")
    inlines = (ExceptionInline, WorkingSpanInline)
    list_per_page = 100
    fieldsets = (
        (_("Status"), {"fields": ("status", "until", "message")}),
        (
            _("Ringing"),
            {
                "fields": (
                    ("mobile", "ring_mobile"),
                    ("accept_multiple", "accept_push"),
                    ("closed_to_voicemail", "own_hours"),
                )
            },
        ),
        *(
            (
                line_title(status.value, case.value),
                {"fields": forwarding_rows(status.value, case.value)},
            )
            for status in Status
            for case in cases_of(status)
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reachability]:
        return super().get_queryset(request).filter(enabled=True)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.broken = selectors.broken_forwardings([found.number])
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the rows show beside their own columns, read once for all of them."""
        page = super().get_changelist_instance(request)
        standing = {one.extension: one for one in selectors.presence_of_everybody()}
        broken: dict[str, int] = {}
        for row in selectors.broken_forwardings():
            broken[row.extension.number] = broken.get(row.extension.number, 0) + 1
        for extension in page.result_list:
            extension.standing = standing.get(extension.number)
            extension.broken_count = broken.get(extension.number, 0)
        return page

    @display(description=_("status"), ordering="presence__status")
    def show_status(self, extension: Any) -> SafeString | str:
        if extension.standing is None:
            return "-"
        shown, label = extension.standing.status, str(Status(extension.standing.status).label)
        if extension.standing.on_call:
            shown, label = "on-a-call", gettext("%(status)s, on a call") % {"status": label}
        elif extension.standing.ringing:
            label = gettext("%(status)s, ringing") % {"status": label}
        return format_html(
            '<span class="kiestoon-status"><span class="kiestoon-dot status-{}"></span>{}</span>',
            shown,
            label,
        )

    @display(description=_("until"), ordering="presence__until")
    def show_until(self, extension: Any) -> str:
        return moment(extension.standing.until if extension.standing else None, seconds=False)

    @display(description=_("message"))
    def show_message(self, extension: Any) -> str:
        return extension.standing.message if extension.standing and extension.standing.message else "-"

    @display(description=_("forwardings"))
    def show_broken(self, extension: Any) -> SafeString | str:
        if not extension.broken_count:
            return "-"
        count = extension.broken_count
        text = ngettext("%(number)d leads nowhere", "%(number)d lead nowhere", count) % {"number": count}
        return format_html('<span class="kiestoon-pill bad">{}</span>', text)

    def save_model(self, request: HttpRequest, obj: Reachability, form: Any, change: bool) -> None:
        """The extension itself is not what is changed here."""
        form.save_settings()
        form.save_forwardings()

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is WorkingSpan and "own_hours" in form.changed_data:
            actions.do_set_working_hours(form.instance, form.cleaned_data["own_hours"])
        elif formset.has_changed():
            actions.tell_settings()
