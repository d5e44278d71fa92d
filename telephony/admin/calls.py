"""The call log: read only, each call with its legs and why it went where it went."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from pbxsite.adminkit import LiveList, ReadOnlyAdmin, ReadOnlyInline, duration, link, moment
from telephony.admin.recordings import player
from telephony.calls import story
from telephony.calls.models import Call, CallLeg
from telephony.extensions.models import Device

OUTCOME_COLOURS = {
    Call.Outcome.LIVE: "primary",
    Call.Outcome.ANSWERED: "success",
    Call.Outcome.VOICEMAIL: "info",
    Call.Outcome.SERVICE: "info",
    Call.Outcome.NO_ANSWER: "warning",
    Call.Outcome.BUSY: "warning",
    Call.Outcome.UNAVAILABLE: "warning",
    Call.Outcome.UNKNOWN: "warning",
    Call.Outcome.CANCELLED: "base",
    Call.Outcome.REFUSED: "danger",
    Call.Outcome.FAILED: "danger",
    Call.Outcome.LOST: "danger",
}


class LegInline(ReadOnlyInline):
    """The parties of the call."""

    model = CallLeg
    fields = readonly_fields = (
        "role",
        "number",
        "extension",
        "show_device",
        "show_started",
        "show_answered",
        "show_ended",
        "status",
        "codec",
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("telephony.view_call")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallLeg]:
        username = Device.objects.filter(pk=OuterRef("device")).values("username")[:1]
        return super().get_queryset(request).annotate(username=Subquery(username))

    @display(description=_("device"))
    def show_device(self, leg: Any) -> str:
        return leg.username or "-"

    @display(description=_("started"))
    def show_started(self, leg: CallLeg) -> str:
        return moment(leg.started)

    @display(description=_("answered at"))
    def show_answered(self, leg: CallLeg) -> str:
        return moment(leg.answered)

    @display(description=_("ended"))
    def show_ended(self, leg: CallLeg) -> str:
        return moment(leg.ended)


@admin.register(Call)
class CallAdmin(LiveList, ReadOnlyAdmin):
    live_kinds = "call"
    list_display = (
        "show_when",
        "show_direction",
        "show_caller",
        "dialled",
        "show_outcome",
        "answered_by",
        "show_duration",
        "show_recorded",
    )
    list_filter = ("outcome", "direction", "started")
    list_filter_submit = True
    date_hierarchy = "started"
    search_fields = ("caller", "caller_name", "dialled", "answered_by", "id")
    show_full_result_count = False
    list_per_page = 100
    inlines = (LegInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("show_caller", "dialled"),
                    ("direction", "outcome"),
                    ("show_started", "show_answered"),
                    ("show_ended", "show_duration"),
                    "answered_by",
                )
            },
        ),
        (_("Recordings"), {"fields": ("show_recordings",)}),
        (_("Why it went where it went"), {"fields": ("show_story",)}),
        (_("For who looks into it"), {"fields": (("id", "node"), "reason"), "classes": ("collapse",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Call | None = None) -> Any:
        """Players are shown only with the right to hear recordings."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.has_perm("telephony.view_recording"):
            return fieldsets
        return [row for row in fieldsets if "show_recordings" not in row[1]["fields"]]

    @display(description=_("started"), ordering="started")
    def show_when(self, call: Call) -> str:
        return moment(call.started, seconds=False)

    @display(description=_("started"))
    def show_started(self, call: Call) -> str:
        return moment(call.started)

    @display(description=_("answered at"))
    def show_answered(self, call: Call) -> str:
        return moment(call.answered)

    @display(description=_("ended"))
    def show_ended(self, call: Call) -> str:
        return moment(call.ended)

    @display(description=_("direction"), ordering="direction")
    def show_direction(self, call: Call) -> str:
        return call.get_direction_display()

    @display(description=_("caller"), ordering="caller")
    def show_caller(self, call: Call) -> str:
        return f"{call.caller_name} ({call.caller})" if call.caller_name else call.caller

    @display(description=_("outcome"), ordering="outcome", label=OUTCOME_COLOURS)
    def show_outcome(self, call: Call) -> tuple[str, str]:
        return call.outcome, call.get_outcome_display()

    @display(description=_("duration"))
    def show_duration(self, call: Call) -> str:
        return duration(None if call.seconds is None else call.seconds * 1000)

    @display(description=_("recorded"), label={"yes": "info"})
    def show_recorded(self, call: Call) -> tuple[str, str] | str:
        return ("yes", gettext("Yes")) if call.recording else ""

    @display(description=_("recordings"))
    def show_recordings(self, call: Call) -> SafeString | str:
        rows = ((link(recording), player(recording)) for recording in call.recordings.all())
        return format_html_join("", "<p>{} {}</p>", rows) or "-"

    @display(description=_("steps"))
    def show_story(self, call: Call) -> SafeString | str:
        sentences = story.tell(call.steps, get_language() or "nl")
        if not sentences:
            return "-"
        lines = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences))
        return format_html('<ol class="kiestoon-story">{}</ol>', lines)
