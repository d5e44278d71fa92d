"""What several administration pages share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin, TabularInline


class ReadOnlyAdmin(ModelAdmin):
    """Rows that the exchange writes and people only read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows of a page that the exchange writes and people only read."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyRowAdmin(ModelAdmin):
    """A model of one row: its list leads straight to that row, which is made when it is looked at first."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = self.model._default_manager.first() or self.model._default_manager.create()
        return HttpResponseRedirect(change_url(row))


class NewRowForm(ModelForm):
    """A row that was added to the page is wanted, also when nothing in it differs from what was filled in."""

    def has_changed(self) -> bool:
        return self.instance.pk is None or super().has_changed()


class LiveList:
    """A list that reads itself again when the exchange says that something of these kinds changed.

    The kinds are those of `api.live.admin`; `static/kiestoon/live.js` does the reading.
    """

    live_kinds = ""
    list_before_template = "admin/live_note.html"


def show_once(request: HttpRequest, title: str, secrets: Iterable[tuple[Any, str]]) -> None:
    """Show texts that are kept nowhere, on the next page only.

    The message travels in the reader's own signed cookie, so that the server never stores it.
    """
    text = render_to_string("admin/once.html", {"title": title, "secrets": list(secrets)})
    # The template escapes; collapsing its white space keeps the cookie small.
    messages.success(request, mark_safe(" ".join(text.split())))  # noqa: S308


def done(request: HttpRequest, url: str) -> HttpResponse:
    """Leave a dialog for `url`, by htmx or by the browser itself."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def change_url(obj: Model) -> str:
    """The page of this row."""
    options = obj._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[obj.pk])


def link(obj: Model | None, text: str = "") -> SafeString | str:
    """A link to the page of this row."""
    if obj is None:
        return "-"
    return format_html('<a class="text-link" href="{}">{}</a>', change_url(obj), text or str(obj))


def moment(when: datetime.datetime | None, *, seconds: bool = True) -> str:
    """A point in time to the second or the minute, in the reader's language and our time zone."""
    form = "j M Y H:i:s" if seconds else "j M Y H:i"
    return "-" if when is None else date_format(timezone.localtime(when), form)


def duration(milliseconds: int | None) -> str:
    """Minutes and seconds, such as 1:05, or 1:00:05 from an hour on; a dash when there is none."""
    if milliseconds is None:
        return "-"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
