"""Where the devices of extensions are registered."""

from __future__ import annotations

from telephony.calls.errors import CommandError
from telephony.edge.models import Registration


def contact_of(extension: str, device: int) -> str:
    """Where a device of an extension is registered. Raises CommandError when it is not; asks the database."""
    rows = Registration.objects.filter(extension=extension, device_id=device).order_by("-since")
    contact = rows.values_list("contact", flat=True).first()
    if not contact:
        raise CommandError("device_not_registered")
    return str(contact)
