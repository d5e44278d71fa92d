"""Departments and office hours, with their weekly hours, breaks and special days on one page."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2Widget

from pbxsite.adminkit import NewRowForm, change_url, link
from telephony.extensions import numbering
from telephony.extensions.departments import do_set_members
from telephony.extensions.models import Department, Extension
from telephony.hours import calendar, directory
from telephony.hours.forms import HOURS_AND_MINUTES, SpanFormSet
from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
from telephony.routing.opening import Verdict, look
from telephony.trunks.rules import OutsideRights

WORKDAYS = [{"weekday": day, "start": datetime.time(8, 30), "end": datetime.time(17, 30)} for day in range(5)]
COMING = 8  # holidays that the page shows


def tell(verdict: Verdict) -> str:
    """A verdict in the reader's words."""
    match verdict.code:
        case "hours_open":
            return gettext("Open now.")
        case "hours_break":
            return gettext("Closed for a break until %(until)s.") % verdict.args
        case "hours_holiday":
            return gettext("Closed today: %(name)s.") % verdict.args
        case "hours_override":
            until = datetime.datetime.fromisoformat(verdict.args["until"])
            return gettext("Closed until %(until)s, as set here.") % {
                "until": date_format(until, "j F Y H:i")
            }
    return gettext("Closed now.")


class OfficeSpanFormSet(SpanFormSet):
    """A new page begins with an ordinary week."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("instance") is None or kwargs["instance"].pk is None:
            kwargs["initial"] = WORKDAYS
        super().__init__(*args, **kwargs)


class OfficeSpanInline(TabularInline):
    model = OfficeSpan
    form = NewRowForm
    formset = OfficeSpanFormSet
    fields = ("weekday", "start", "end")
    formfield_overrides = HOURS_AND_MINUTES
    hide_title = True

    def get_extra(self, request: HttpRequest, obj: OfficeHours | None = None, **kwargs: Any) -> int:
        return 0 if obj else len(WORKDAYS)


class OfficeBreakInline(TabularInline):
    model = OfficeBreak
    formset = SpanFormSet
    fields = ("weekday", "start", "end")
    formfield_overrides = HOURS_AND_MINUTES
    extra = 0
    hide_title = True


class OwnHolidayInline(TabularInline):
    model = OwnHoliday
    fields = ("day", "name", "closed")
    extra = 0
    hide_title = True


def countries() -> Iterator[tuple[str, str]]:
    """For the list to choose from."""
    yield "", "---------"
    for code, name in calendar.country_names().items():
        yield code, f"{code} {name}"


class OfficeHoursForm(forms.ModelForm):
    class Meta:
        model = OfficeHours
        fields = ("department", "time_zone", "country", "region", "closed_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if region := self.fields.get("region"):
            known = calendar.countries().get(self.instance.country, ())
            if known:
                region.help_text = gettext("One of: %(known)s.") % {"known": ", ".join(known)}

    def clean_closed_until(self) -> datetime.datetime | None:
        """One that is over goes; one that is entered must be to come."""
        until: datetime.datetime | None = self.cleaned_data["closed_until"]
        if until is None or until > timezone.now():
            return until
        if "closed_until" in self.changed_data:
            raise forms.ValidationError(gettext("This is over already."))
        return None


@admin.register(OfficeHours)
class OfficeHoursAdmin(ModelAdmin):
    form = OfficeHoursForm
    list_display = ("show_whose", "show_now", "time_zone", "show_country", "closed_until")
    list_select_related = ("department",)
    autocomplete_fields = ("department",)
    inlines = (OfficeSpanInline, OfficeBreakInline, OwnHolidayInline)
    readonly_fields = ("show_now", "show_holidays")
    fieldsets = (
        (None, {"fields": (("department", "show_now"), "time_zone", "closed_until")}),
        (_("Public holidays"), {"fields": (("country", "region"), "show_holidays")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OfficeHours]:
        return super().get_queryset(request).prefetch_related("spans", "breaks", "own_holidays")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":
            field = super().formfield_for_dbfield(db_field, request, **kwargs)
            field.widget = UnfoldAdminSelect2Widget(choices=[(zone, zone) for zone in calendar.zones()])
            return field
        if db_field.name == "country":
            field = super().formfield_for_dbfield(db_field, request, **kwargs)
            field.widget = UnfoldAdminSelect2Widget(choices=list(countries()))
            return field
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        from django.conf import settings

        return {"country": settings.COUNTRY, **super().get_changeform_initial_data(request)}

    @display(description=_("of"), ordering="department__name")
    def show_whose(self, hours: OfficeHours) -> str:
        return str(hours)

    @display(description=_("now"))
    def show_now(self, hours: OfficeHours) -> SafeString | str:
        if hours.pk is None:
            return "-"
        verdict = look(directory.hours_of(hours), timezone.now())
        shown = "ok" if verdict.open else "bad"
        return format_html('<span class="kiestoon-pill {}">{}</span>', shown, tell(verdict))

    @display(description=_("public holidays"), ordering="country")
    def show_country(self, hours: OfficeHours) -> str:
        return " ".join(filter(None, (hours.country, hours.region))) or "-"

    @display(description=_("closed on"))
    def show_holidays(self, hours: OfficeHours) -> SafeString | str:
        today = timezone.localdate()
        days = directory.hours_of(hours).holidays.items() if hours.pk else ()
        coming = sorted((day, name) for day, name in days if day >= today)[:COMING]
        if not coming:
            return "-"
        return format_html_join(
            "", "<div>{} {}</div>", ((date_format(day, "D j F Y"), name) for day, name in coming)
        )


class DepartmentForm(forms.ModelForm):
    """With its members, chosen by searching: there may be thousands of extensions."""

    people = forms.ModelMultipleChoiceField(
        label=_("extensions"),
        required=False,
        queryset=Extension.objects.order_by("number"),
        # The widget searches where a field of a model leads to; this one leads to extensions.
        widget=AutocompleteSelectMultiple(OutsideRights._meta.get_field("extension"), admin.site),
        help_text=_("Who belongs to it. Whoever is chosen here leaves the department they were in."),
    )

    class Meta:
        model = Department
        fields = ("name", "number", "ring_seconds", "caller_id", "closed_kind", "closed_target")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "people" in self.fields:
            self.fields["people"].initial = list(self.instance.members.values_list("pk", flat=True))


@admin.register(Department)
class DepartmentAdmin(ModelAdmin):
    form = DepartmentForm
    list_display = ("name", "number", "show_members", "show_hours")
    search_fields = ("name", "number", "members__number", "members__name")
    list_select_related = ("hours",)
    readonly_fields = ("show_people", "show_own_hours")
    fieldsets = (
        (None, {"fields": (("name", "number"), ("ring_seconds", "caller_id"))}),
        (_("Closed, or nobody answers"), {"fields": (("closed_kind", "closed_target"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        return super().get_queryset(request).annotate(size=Count("members", distinct=True))

    def get_fieldsets(self, request: HttpRequest, obj: Department | None = None) -> Any:
        people = "people" if self._chooses_people(request, obj) else "show_people"
        about = ("show_own_hours", people) if obj else (people,)
        return (*self.fieldsets, (_("Belonging to it"), {"fields": about}))

    def get_form(
        self, request: HttpRequest, obj: Department | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not self._chooses_people(request, obj):
            del form.base_fields["people"]
        return form

    def _chooses_people(self, request: HttpRequest, obj: Department | None) -> bool:
        """Members belong to extensions: without the right to change those, a person only sees them."""
        changes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return changes and request.user.has_perm("telephony.change_extension")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "people" in form.cleaned_data:
            do_set_members(form.instance, form.cleaned_data["people"])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": numbering.next_free(), **super().get_changeform_initial_data(request)}

    @display(description=_("extensions"), ordering="size")
    def show_members(self, department: Any) -> int:
        return department.size

    @display(description=_("office hours"))
    def show_hours(self, department: Department) -> str:
        return gettext("its own") if hasattr(department, "hours") else gettext("of the organisation")

    @display(description=_("office hours"))
    def show_own_hours(self, department: Department) -> SafeString:
        if hasattr(department, "hours"):
            return format_html(
                '<a class="text-link" href="{}">{}</a>', change_url(department.hours), gettext("its own")
            )
        return format_html(
            '{} <a class="text-link" href="{}?department={}">{}</a>',
            gettext("Those of the organisation."),
            reverse("admin:telephony_officehours_add"),
            department.pk,
            gettext("Give it hours of its own"),
        )

    @display(description=_("extensions"))
    def show_people(self, department: Department) -> SafeString | str:
        people = department.members.order_by("number") if department.pk else ()
        return format_html_join("", "<div>{}</div>", ((link(one),) for one in people)) or "-"
