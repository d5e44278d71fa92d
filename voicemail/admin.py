"""Mailboxes and the messages in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from pbxsite.adminkit import LiveList, change_url, done, duration, link, moment, show_once
from pbxsite.http import ranges
from pbxsite.instance import instance
from voicemail.actions import do_delete_message, do_renew_pin, do_unlock
from voicemail.models import Mailbox, Message


class LockedFilter(admin.SimpleListFilter):
    """Which menus are closed after too many wrong PINs."""

    title = _("locked")
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mailbox]) -> QuerySet[Mailbox]:
        locked = Q(locked_until__gt=timezone.now())
        if self.value() == "yes":
            return queryset.filter(locked)
        return queryset.exclude(locked) if self.value() == "no" else queryset


@admin.register(Mailbox)
class MailboxAdmin(LiveList, ModelAdmin):
    live_kinds = "mailbox"
    list_display = ("extension", "show_new", "show_total", "show_locked", "send_email", "enabled")
    list_filter = (LockedFilter, "enabled", "send_email")
    list_filter_submit = True
    list_select_related = ("extension",)
    search_fields = ("extension__number", "extension__name")
    autocomplete_fields = ("extension",)
    actions = ("unlock",)
    actions_detail = ("renew_pin",)
    actions_row = ("renew_pin",)
    fieldsets = (
        (None, {"fields": ("extension", ("enabled", "send_email"))}),
        (_("PIN"), {"fields": (("show_locked", "failures", "locked_until"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailbox]:
        return (
            super()
            .get_queryset(request)
            .annotate(new=Count("messages", filter=Q(messages__heard=None)), total=Count("messages"))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Mailbox | None = None) -> tuple[str, ...]:
        always = ("show_locked", "failures", "locked_until")
        return ("extension", *always) if obj else always

    def get_fieldsets(self, request: HttpRequest, obj: Mailbox | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:1]

    @display(description=_("new"), ordering="new")
    def show_new(self, mailbox: Any) -> int:
        return mailbox.new

    @display(description=_("messages"), ordering="total")
    def show_total(self, mailbox: Any) -> int:
        return mailbox.total

    @display(description=_("locked"), ordering="locked_until", label={"locked": "danger"})
    def show_locked(self, mailbox: Mailbox) -> tuple[str, str] | str:
        return ("locked", gettext("locked")) if mailbox.locked else ""

    def save_model(self, request: HttpRequest, obj: Mailbox, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        pin = obj.make_pin()
        super().save_model(request, obj, form, change)
        self._show_pin(request, obj, pin)

    @admin.action(description=_("Unlock"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Mailbox]) -> None:
        count = 0
        for mailbox in queryset:
            do_unlock(mailbox)
            self.log_change(request, mailbox, gettext("Unlocked."))
            count += 1
        text = ngettext("%(count)d mailbox unlocked.", "%(count)d mailboxes unlocked.", count)
        messages.success(request, text % {"count": count})

    @action(
        description=_("Make a new PIN"),
        icon="pin",
        permissions=["change"],
        dialog={
            "title": _("Make a new PIN?"),
            "description": _("The old PIN stops working, and a locked menu opens again."),
            "form_submit_text": _("Make a new PIN"),
        },
    )
    def renew_pin(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        mailbox = self.get_object(request, object_id)
        if mailbox is None:
            raise Http404
        self._show_pin(request, mailbox, do_renew_pin(mailbox))
        self.log_change(request, mailbox, gettext("New PIN."))
        return done(request, change_url(mailbox))

    def _show_pin(self, request: HttpRequest, mailbox: Mailbox, pin: str) -> None:
        show_once(request, gettext("Mailbox %(mailbox)s") % {"mailbox": mailbox}, [(gettext("PIN"), pin)])


class HeardFilter(admin.SimpleListFilter):
    title = _("heard")
    parameter_name = "heard"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(heard__isnull=wanted)


@admin.register(Message)
class MessageAdmin(LiveList, ModelAdmin):
    live_kinds = "mailbox"
    list_display = ("show_created", "show_mailbox", "show_caller", "show_duration", "show_heard")
    list_filter = (HeardFilter, "created")
    list_filter_submit = True
    list_select_related = ("mailbox__extension",)
    search_fields = ("caller", "caller_name", "mailbox__extension__number", "mailbox__extension__name")
    date_hierarchy = "created"
    fields = ("show_sound", ("show_caller", "show_mailbox"), ("show_created", "show_duration"), "show_heard")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.play_message)
        return [path("<int:message_id>/sound/", view, name="voicemail_message_sound"), *super().get_urls()]

    def play_message(self, request: HttpRequest, message_id: int) -> HttpResponseBase:
        """The sound, for users who may see the message. Listening here does not mark it as heard."""
        message = self.get_object(request, str(message_id))
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        if message is None:
            raise Http404
        name = f"voicemail {timezone.localtime(message.created):%Y-%m-%d %H.%M} {message.caller}.wav"
        return ranges.play(request, message.path, instance.voicemail, name)

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        do_delete_message(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        for message in queryset.select_related("mailbox__extension"):
            do_delete_message(message)

    @display(description=_("mailbox"), ordering="mailbox__extension__number")
    def show_mailbox(self, message: Message) -> SafeString | str:
        return link(message.mailbox)

    @display(description=_("caller"), ordering="caller")
    def show_caller(self, message: Message) -> str:
        return f"{message.caller_name} ({message.caller})" if message.caller_name else message.caller

    @display(description=_("duration"), ordering="duration")
    def show_duration(self, message: Message) -> str:
        return duration(message.duration)

    @display(description=_("received"), ordering="created")
    def show_created(self, message: Message) -> str:
        return moment(message.created)

    @display(description=_("heard"), ordering="heard")
    def show_heard(self, message: Message) -> str:
        return moment(message.heard)

    @display(description=_("sound"))
    def show_sound(self, message: Message) -> SafeString:
        url = reverse("admin:voicemail_message_sound", args=[message.pk])
        return format_html('<audio controls preload="none" src="{}"></audio>', url)
