"""Lines to the outside world, our numbers on them, and who may call where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.calls.story import outside
from telephony.features import Feature, Loading, MenuEntry
from telephony.trunks.directory import load_inbound, load_outbound, load_trunks
from telephony.trunks.models import InboundNumber, Trunk
from telephony.trunks.rules import CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights


def _directory(_loading: Loading) -> Mapping[str, Any]:
    trunks = load_trunks()
    return {"trunks": trunks, "inbound": load_inbound(), "outbound": load_outbound(trunks)}


FEATURE = Feature(
    "trunks",
    directory=_directory,
    story=outside.SENTENCES,
    watched=(
        *(InboundNumber, Trunk, CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights),
        *(OutboundRule.extensions.through, OutboundRule.departments.through),
    ),
    tasks=("telephony.trunks.tasks",),
    menu=(
        MenuEntry("telephony", _("Trunks"), "lan", "telephony", "trunk", 80),
        MenuEntry("telephony", _("Outbound rules"), "call_made", "telephony", "outboundrule", 81),
        MenuEntry("telephony", _("Calls to outside"), "contact_phone", "telephony", "outsiderights", 82),
        MenuEntry("telephony", _("Limits of calls to outside"), "speed", "telephony", "callinglimits", 83),
    ),
)
