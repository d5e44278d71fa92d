"""Internal numbers: one range for extensions, ring groups and departments, and some the exchange keeps for itself."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from telephony import dialling
from telephony.routing import VOICEMAIL_MENU

FIRST = 100


def reserved() -> frozenset[str]:
    """Numbers that the exchange keeps for itself, and those by which people here call for help."""
    return dialling.emergency_numbers(settings.COUNTRY) | {VOICEMAIL_MENU}


def check_free(
    number: str,
    *,
    extension: int | None = None,
    group: int | None = None,
    department: int | None = None,
    receptionist: int | None = None,
) -> None:
    """Raise ValidationError when somebody has `number`, other than the one with this id."""
    from telephony.models import Department, Extension, Receptionist, RingGroup

    if number in reserved():
        raise ValidationError(_("%(number)s is kept by the exchange itself.") % {"number": number})
    if taken := Extension.objects.filter(number=number).exclude(pk=extension or 0).first():
        raise ValidationError(
            _("%(number)s is the extension of %(name)s.") % {"number": number, "name": taken.name}
        )
    if other := RingGroup.objects.filter(number=number).exclude(pk=group or 0).first():
        raise ValidationError(
            _("%(number)s is the ring group %(name)s.") % {"number": number, "name": other.name}
        )
    if third := Department.objects.filter(number=number).exclude(pk=department or 0).first():
        raise ValidationError(
            _("%(number)s is the department %(name)s.") % {"number": number, "name": third.name}
        )
    if fourth := Receptionist.objects.filter(number=number).exclude(pk=receptionist or 0).first():
        raise ValidationError(
            _("%(number)s is the receptionist %(name)s.") % {"number": number, "name": fourth.name}
        )


def exists(number: str) -> bool:
    """Whether an extension, ring group, department or receptionist has `number`."""
    from telephony.models import Department, Extension, Receptionist, RingGroup

    everything = (Extension, RingGroup, Department, Receptionist)
    return any(model.objects.filter(number=number).exists() for model in everything)


def next_free() -> str:
    """The lowest number from 100 that nobody has; four queries."""
    from telephony.models import Department, Extension, Receptionist, RingGroup

    taken = {
        *reserved(),
        *Extension.objects.values_list("number", flat=True),
        *RingGroup.objects.values_list("number", flat=True),
        *Department.objects.exclude(number=None).values_list("number", flat=True),
        *Receptionist.objects.values_list("number", flat=True),
    }
    number = FIRST
    while str(number) in taken:
        number += 1
    return str(number)


def free_username(number: str) -> str:
    """A SIP user for a new device of this extension: its number, or number-2, number-3 and so on."""
    from telephony.models import Device

    taken = set(Device.objects.filter(username__startswith=number).values_list("username", flat=True))
    if number not in taken:
        return number
    count = 2
    while f"{number}-{count}" in taken:
        count += 1
    return f"{number}-{count}"
