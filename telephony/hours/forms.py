"""Entering weekly hours, in the administration: of the organisation, a department, a person."""

from __future__ import annotations

from typing import Any

from django.db.models import TimeField
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminSingleTimeWidget

from telephony.routing.opening import Span, overlapping


class HoursAndMinutes(UnfoldAdminSingleTimeWidget):
    """Nobody opens at a certain second."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


HOURS_AND_MINUTES = {TimeField: {"widget": HoursAndMinutes}}


class SpanFormSet(BaseInlineFormSet):
    """Weekly hours of which none overlap."""

    def clean(self) -> None:
        super().clean()
        gone = set(self.deleted_forms)
        filled = [
            form
            for form in self.forms
            if form not in gone
            and form.is_valid()
            and {"weekday", "start", "end"} <= form.cleaned_data.keys()
        ]
        spans = [Span(*(form.cleaned_data[name] for name in ("weekday", "start", "end"))) for form in filled]
        for later, earlier in overlapping(spans):
            other = filled[earlier].instance
            filled[later].add_error("start", gettext("This overlaps with %(span)s.") % {"span": other})
