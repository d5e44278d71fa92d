"""What the edge sees right now: registrations to look at and end, bans to look at and lift."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from pbxsite.adminkit import LiveList, ReadOnlyAdmin, link, moment
from telephony.edge import rpc
from telephony.edge.bans import do_lift_ban
from telephony.edge.models import Ban, Registration
from telephony.edge.registrations import do_end_registration


@admin.register(Registration)
class RegistrationAdmin(LiveList, ReadOnlyAdmin):
    live_kinds = "registration"
    list_display = (
        "extension",
        "show_name",
        "show_device",
        "source",
        "user_agent",
        "show_since",
        "show_expires",
    )
    list_select_related = ("device__extension",)
    list_per_page = 200
    search_fields = ("extension", "contact", "source", "user_agent", "device__extension__name")
    fields = (
        "extension",
        "show_name",
        "show_device",
        "contact",
        "source",
        "user_agent",
        "show_since",
        "show_expires",
    )
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("telephony.delete_registration")

    @display(description=_("name"), ordering="device__extension__name")
    def show_name(self, registration: Registration) -> str:
        return registration.device.extension.name if registration.device else "-"

    @display(description=_("device"), ordering="device__username")
    def show_device(self, registration: Registration) -> SafeString | str:
        return link(registration.device)

    @display(description=_("since"), ordering="since")
    def show_since(self, registration: Registration) -> str:
        return moment(registration.since)

    @display(description=_("expires"), ordering="expires")
    def show_expires(self, registration: Registration) -> str:
        return moment(registration.expires)

    @admin.action(description=_("End the registration"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        """The phone can register again at once; to keep it out, give its device a new secret."""
        ended = 0
        for registration in queryset:
            try:
                do_end_registration(registration)
            except rpc.EdgeError as error:
                messages.error(
                    request,
                    gettext("The registration of %(extension)s could not be ended: %(error)s")
                    % {"extension": registration.extension, "error": error},
                )
                continue
            ended += 1
        if ended:
            text = ngettext("%(count)d registration ended.", "%(count)d registrations ended.", ended)
            messages.success(request, text % {"count": ended})


# What the edge calls its reasons.
REASONS = {"passwords": _("wrong passwords"), "flood": _("too many requests"), "scanner": _("scanner")}


@admin.register(Ban)
class BanAdmin(LiveList, ReadOnlyAdmin):
    live_kinds = "ban"
    list_display = ("address", "show_reason", "username", "show_since", "show_until", "show_in_force")
    list_filter = ("reason",)
    search_fields = ("address", "username", "reason")
    fields = ("address", "show_reason", "username", "show_since", "show_until")
    actions = ("lift",)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("telephony.delete_ban")

    @display(description=_("reason"), ordering="reason")
    def show_reason(self, ban: Ban) -> str:
        return str(REASONS.get(ban.reason, ban.reason))

    @display(description=_("in force"), boolean=True)
    def show_in_force(self, ban: Ban) -> bool:
        return ban.until > timezone.now()

    @display(description=_("since"), ordering="since")
    def show_since(self, ban: Ban) -> str:
        return moment(ban.since)

    @display(description=_("until"), ordering="until")
    def show_until(self, ban: Ban) -> str:
        return moment(ban.until)

    @admin.action(description=_("Lift the ban"), permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Ban]) -> None:
        lifted = []
        for ban in queryset:
            address: Any = ban.address
            try:
                do_lift_ban(ban)
            except rpc.EdgeError as error:
                messages.error(
                    request,
                    gettext("The ban of %(address)s could not be lifted: %(error)s")
                    % {"address": address, "error": error},
                )
                continue
            lifted.append(address)
        if lifted:
            messages.success(
                request, gettext("No longer banned: %(addresses)s.") % {"addresses": ", ".join(lifted)}
            )
