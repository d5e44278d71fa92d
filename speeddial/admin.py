"""Everybody's speed dials, for an administrator who helps somebody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from speeddial.actions import do_delete_speed_dial, do_save_speed_dial
from speeddial.models import SpeedDial


@admin.register(SpeedDial)
class SpeedDialAdmin(ModelAdmin):
    list_display = ("show_code", "user", "number", "label")
    list_select_related = ("user",)
    search_fields = ("number", "label", "user__name", "user__email", "user__extension__number")
    autocomplete_fields = ("user",)
    fields = ("user", "position", "number", "label")

    def get_readonly_fields(self, request: HttpRequest, obj: SpeedDial | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    @display(description=_("speed dial"), ordering="position")
    def show_code(self, row: SpeedDial) -> str:
        return f"*0{row.position}"

    def save_model(self, request: HttpRequest, obj: SpeedDial, form: Any, change: bool) -> None:
        do_save_speed_dial(obj)

    def delete_model(self, request: HttpRequest, obj: SpeedDial) -> None:
        do_delete_speed_dial(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SpeedDial]) -> None:
        for row in queryset.select_related("user"):
            do_delete_speed_dial(row)
