"""Assembles the frozen directory, from which a media node decides every call, out of what the features load.

The media node holds one in memory; `live.changes.announce_change` tells it to read again.
"""

from __future__ import annotations

from django.conf import settings

from pbxsite.translate import merge
from telephony import features
from telephony.features import Loading
from telephony.hours.directory import load_hours
from telephony.routing.directory import Directory


def load() -> Directory:
    """Read the directory: the same number of queries (some 25), whatever the size."""
    organisation, own_hours = load_hours()
    loading = Loading(own_hours)
    loaded = [dict(feature.directory(loading)) for feature in features.every() if feature.directory]
    # Each feature has a room of its own in there; every other field comes from one of them.
    rooms = merge(*(parts.pop("rooms", {}) for parts in loaded))
    return Directory(country=settings.COUNTRY, hours=organisation, rooms=rooms, **merge(*loaded))
