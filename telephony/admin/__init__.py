"""The administration of telephony. Importing the modules registers them."""

from telephony.admin import calls, devices, extensions, groups, hours, live, receptionist, recordings, trunks

__all__ = [
    "calls",
    "devices",
    "extensions",
    "groups",
    "hours",
    "live",
    "receptionist",
    "recordings",
    "trunks",
]
