"""How the administration looks: colours, navigation, dashboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

HUE = 205
# Lightness in percent and chroma of the one accent colour; 600 carries white text, 500 stands on black.
SHADES = {
    "50": (97.8, 0.012),
    "100": (95.0, 0.030),
    "200": (90.0, 0.055),
    "300": (83.0, 0.085),
    "400": (74.0, 0.110),
    "500": (64.0, 0.115),
    "600": (50.0, 0.095),
    "700": (44.0, 0.083),
    "800": (38.0, 0.070),
    "900": (33.0, 0.055),
    "950": (25.0, 0.045),
}


def may(permission: str) -> Callable[[HttpRequest], bool]:
    """A test of the person who asks."""
    return lambda request: request.user.has_perm(permission)


def page(title: Any, icon: str, app: str, model: str) -> dict[str, Any]:
    """A line of the navigation that leads to a model's list, for those who may see it."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": may(f"{app}.view_{model}"),
    }


NAVIGATION = [
    {
        "items": [{"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")}],
    },
    {
        "title": _("Now"),
        "items": [
            page(_("Calls"), "history", "telephony", "call"),
            page(_("Live registrations"), "sensors", "telephony", "registration"),
            page(_("Bans"), "block", "telephony", "ban"),
        ],
    },
    {
        "title": _("People"),
        "items": [
            page(_("Users"), "person", "accounts", "user"),
            page(_("Reachability"), "phone_forwarded", "presence", "reachability"),
            page(_("Roles"), "badge", "auth", "group"),
        ],
    },
    {
        "title": _("Signing in"),
        "collapsible": True,
        "items": [
            page(_("Policy"), "policy", "accounts", "signinpolicy"),
            page(_("Microsoft, Google"), "passkey", "socialaccount", "socialapp"),
            page(_("Linked accounts"), "link", "socialaccount", "socialaccount"),
            page(_("Second factors"), "key", "mfa", "authenticator"),
            page(_("Sessions"), "devices", "usersessions", "usersession"),
        ],
    },
    {
        "title": _("Telephony"),
        "items": [
            page(_("Extensions"), "dialpad", "telephony", "extension"),
            page(_("Devices"), "deskphone", "telephony", "device"),
            page(_("Ring groups"), "groups", "telephony", "ringgroup"),
            page(_("Digital receptionists"), "support_agent", "telephony", "receptionist"),
            page(_("Prompts"), "record_voice_over", "telephony", "prompt"),
            page(_("Departments"), "corporate_fare", "telephony", "department"),
            page(_("Office hours"), "schedule", "telephony", "officehours"),
            page(_("Trunks"), "lan", "telephony", "trunk"),
            page(_("Outbound rules"), "call_made", "telephony", "outboundrule"),
            page(_("Calls to outside"), "contact_phone", "telephony", "outsiderights"),
            page(_("Limits of calls to outside"), "speed", "telephony", "callinglimits"),
        ],
    },
    {
        "title": _("Recordings"),
        "items": [
            page(_("Recordings"), "mic", "telephony", "recording"),
            page(_("Recording rules"), "rule", "telephony", "recordingrule"),
            page(_("Audit log"), "fact_check", "auditlog", "logentry"),
        ],
    },
    {
        "title": _("Voicemail"),
        "items": [
            page(_("Mailboxes"), "voicemail", "voicemail", "mailbox"),
            page(_("Messages"), "graphic_eq", "voicemail", "message"),
        ],
    },
]

UNFOLD = {
    "SITE_TITLE": "Kiestoon",
    "SITE_HEADER": "Kiestoon",
    "SITE_SYMBOL": "call",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("kiestoon/icon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            shade: f"oklch({lightness}% {chroma} {HUE})" for shade, (lightness, chroma) in SHADES.items()
        }
    },
    "STYLES": [lambda _request: static("kiestoon/admin.css")],
    "SCRIPTS": [lambda _request: static("kiestoon/live.js")],
    "DASHBOARD_CALLBACK": "pbxsite.dashboard.fill_dashboard",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
}
