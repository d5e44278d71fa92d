"""Internal numbers: one range for extensions, ring groups and departments, and some the exchange keeps for itself."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from telephony.routing import PARKING, VOICEMAIL_MENU, phone_numbers

FIRST = 100


def reserved() -> frozenset[str]:
    """Numbers that the exchange keeps for itself, and those by which people here call for help."""
    return phone_numbers.emergency_numbers(settings.COUNTRY) | {VOICEMAIL_MENU} | PARKING


def owners() -> tuple[tuple[str, type[Model], str], ...]:
    """Whose numbers share the one range: the name of the kind, its model, and the sentence that it has a number."""
    from telephony.extensions.models import Department, Extension, RingGroup
    from telephony.receptionist.models import Receptionist

    return (
        ("extension", Extension, _("%(number)s is the extension of %(name)s.")),
        ("group", RingGroup, _("%(number)s is the ring group %(name)s.")),
        ("department", Department, _("%(number)s is the department %(name)s.")),
        ("receptionist", Receptionist, _("%(number)s is the receptionist %(name)s.")),
    )


def check_free(
    number: str,
    *,
    extension: int | None = None,
    group: int | None = None,
    department: int | None = None,
    receptionist: int | None = None,
) -> None:
    """Raise ValidationError when somebody has `number`, other than the one with this id."""
    if number in reserved():
        raise ValidationError(_("%(number)s is kept by the exchange itself.") % {"number": number})
    but = {"extension": extension, "group": group, "department": department, "receptionist": receptionist}
    for kind, model, sentence in owners():
        if taken := model._default_manager.filter(number=number).exclude(pk=but[kind] or 0).first():
            raise ValidationError(sentence % {"number": number, "name": taken.name})  # type: ignore[attr-defined]


def exists(number: str) -> bool:
    """Whether an extension, ring group, department or receptionist has `number`."""
    return any(model._default_manager.filter(number=number).exists() for _kind, model, _taken in owners())


def next_free() -> str:
    """The lowest number from 100 that nobody has; four queries."""
    taken = {*reserved()}
    for _kind, model, _taken in owners():
        taken.update(model._default_manager.exclude(number=None).values_list("number", flat=True))
    number = FIRST
    while str(number) in taken:
        number += 1
    return str(number)


def free_username(number: str) -> str:
    """A SIP user for a new device of this extension: its number, or number-2, number-3 and so on."""
    from telephony.extensions.models import Device

    taken = set(Device.objects.filter(username__startswith=number).values_list("username", flat=True))
    if number not in taken:
        return number
    count = 2
    while f"{number}-{count}" in taken:
        count += 1
    return f"{number}-{count}"
