"""Assembles the frozen directory, from which a media node decides every call, out of what the rooms load.

The media node holds one in memory; `live.changes.announce_change` tells it to read again.
"""

from __future__ import annotations

from django.conf import settings

from presence.directory import load_presence
from telephony.extensions.directory import load_departments, load_devices, load_extensions, load_groups
from telephony.hours.directory import load_hours
from telephony.receptionist.directory import load_receptionists
from telephony.recordings import rules
from telephony.routing.directory import Directory
from telephony.trunks.directory import load_inbound, load_outbound, load_trunks


def load() -> Directory:
    """Read the directory: the same number of queries (some 25), whatever the size."""
    organisation, own_hours = load_hours()
    recorded = rules.load()
    extensions = load_extensions(own_hours, recorded.departments)
    trunks = load_trunks()
    return Directory(
        extensions=extensions,
        groups=load_groups(),
        trunks=trunks,
        inbound=load_inbound(),
        devices=load_devices(),
        country=settings.COUNTRY,
        outbound=load_outbound(trunks),
        presence=load_presence(),
        hours=organisation,
        departments=load_departments(own_hours),
        receptionists=load_receptionists(own_hours.get),
        recorded_trunks=recorded.trunks,
        recorded_inbound=recorded.inbound,
    )
