"""Ring groups and their members, in order."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from telephony.extensions import numbering
from telephony.extensions.models import RingGroup, RingGroupMember


class MemberInline(TabularInline):
    """Members; dragging a row changes the order."""

    model = RingGroupMember
    fields = ("extension", "position")
    autocomplete_fields = ("extension",)
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[RingGroupMember]:
        return super().get_queryset(request).select_related("extension", "group")

    def get_formset(self, request: HttpRequest, obj: RingGroup | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        if extension := formset.form.base_fields.get("extension"):
            # Choosing is all that is done here: the buttons beside it would crowd a narrow page.
            picker = extension.widget
            picker.can_add_related = picker.can_change_related = picker.can_view_related = False
        return formset


@admin.register(RingGroup)
class RingGroupAdmin(ModelAdmin):
    list_display = (
        "number",
        "name",
        "show_strategy",
        "show_members",
        "ring_seconds",
        "voicemail_of",
        "enabled",
    )
    list_display_links = ("number", "name")
    list_filter = ("strategy", "enabled")
    list_filter_submit = True
    list_select_related = ("voicemail_of",)
    search_fields = ("number", "name", "members__number", "members__name")
    autocomplete_fields = ("voicemail_of",)
    inlines = (MemberInline,)
    fieldsets = (
        (None, {"fields": (("number", "name"), ("strategy", "ring_seconds"), "voicemail_of", "enabled")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RingGroup]:
        return super().get_queryset(request).annotate(size=Count("members"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": numbering.next_free(), **super().get_changeform_initial_data(request)}

    @display(description=_("strategy"), ordering="strategy")
    def show_strategy(self, group: RingGroup) -> str:
        return group.get_strategy_display()

    @display(description=_("members"), ordering="size")
    def show_members(self, group: Any) -> int:
        return group.size
