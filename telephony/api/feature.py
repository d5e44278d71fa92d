"""The core's own part of the API: telephones, live calls, the log and the simulator, which stand above its rooms."""

from __future__ import annotations

from telephony.api.log import missed_of
from telephony.api.log import router as log
from telephony.api.phone import DeviceInfo, devices_of
from telephony.api.phone import router as phone
from telephony.api.simulate import router as simulator
from telephony.extensions.selectors import own_extension
from telephony.features import Feature, Reader, SnapshotPart


def _devices(reader: Reader) -> list[DeviceInfo]:
    extension = own_extension(reader.user)
    return devices_of(extension, reader.session_key) if extension else []


FEATURE = Feature(
    "telephony_api",
    snapshot=(
        SnapshotPart("devices", list[DeviceInfo], _devices),
        SnapshotPart("missed", list[str], lambda reader: missed_of(reader.user)),
    ),
    routers=(phone, log, simulator),
)
