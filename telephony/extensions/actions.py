"""Devices and their secrets."""

from __future__ import annotations

from telephony.extensions.models import Device, Extension
from telephony.extensions.signals import registrations_void


def do_create_device(
    extension: Extension, *, username: str = "", label: str = "", kind: str = Device.Kind.DESK
) -> tuple[Device, str]:
    """Make a device that rings for `extension`; the second value is its secret, which is kept nowhere."""
    device = Device(extension=extension, username=username, label=label, kind=kind)
    return device, do_save_new_device(device)


def do_save_new_device(device: Device) -> str:
    """Save a device that is not in the database yet, with a new secret, and return that secret.

    Without a SIP user it gets the number of its extension, or number-2 and so on.
    """
    device.username = device.username or free_username(device.extension.number)
    secret = device.make_secret()
    device.save()
    return secret


def do_set_ring_seconds(extension: Extension, seconds: int) -> None:
    """Let it ring so long (5 to 120) before nobody has answered; saving tells the media nodes."""
    extension.ring_seconds = seconds
    extension.save(update_fields=["ring_seconds"])


def do_renew_secret(device: Device) -> str:
    """Give the device a new secret and end what it registered with the old one."""
    secret = device.make_secret()
    device.save(update_fields=["ha1"])
    registrations_void.send(Device, registrations=device.registrations.all())
    return secret


def free_username(number: str) -> str:
    """A SIP user for a new device of this extension: its number, or number-2, number-3 and so on."""
    taken = set(Device.objects.filter(username__startswith=number).values_list("username", flat=True))
    if number not in taken:
        return number
    count = 2
    while f"{number}-{count}" in taken:
        count += 1
    return f"{number}-{count}"
