"""What the edge tells: registrations, banned addresses, how trunks are doing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from live.audience import owner
from telephony.edge.events import BanNews, RegistrationEvent, TrunkNews
from telephony.features import EventKind, Feature, MenuEntry

FEATURE = Feature(
    "edge",
    events=(
        EventKind(RegistrationEvent, RegistrationEvent, owner, permission="telephony.view_registration"),
        EventKind(BanNews, permission="telephony.view_ban"),
        EventKind(TrunkNews, permission="telephony.view_trunk"),
    ),
    menu=(
        MenuEntry("now", _("Live registrations"), "sensors", "telephony", "registration", 20),
        MenuEntry("now", _("Bans"), "block", "telephony", "ban", 30),
    ),
)
