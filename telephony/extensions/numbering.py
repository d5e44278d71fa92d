"""Internal numbers: one range for all that features register, and some that the exchange keeps for itself."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from telephony import features
from telephony.features import NumberKind
from telephony.routing import PARKING, VOICEMAIL_MENU, phone_numbers

FIRST = 100


def reserved() -> frozenset[str]:
    """Numbers that the exchange keeps for itself, and those by which people here call for help."""
    return phone_numbers.emergency_numbers(settings.COUNTRY) | {VOICEMAIL_MENU} | PARKING


def kinds() -> tuple[NumberKind, ...]:
    """Whose numbers share the one range."""
    return tuple(kind for feature in features.every() for kind in feature.numbers)


def check_free(number: str, but: Model | None = None) -> None:
    """Raise ValidationError when anything has `number`, other than this one."""
    if number in reserved():
        raise ValidationError(_("%(number)s is kept by the exchange itself.") % {"number": number})
    for kind in kinds():
        rows = kind.model._default_manager.filter(number=number)
        if isinstance(but, kind.model):
            rows = rows.exclude(pk=but.pk)
        if taken := rows.first():
            name = str(getattr(taken, "name", ""))
            raise ValidationError(str(kind.taken) % {"number": number, "name": name})


def exists(number: str) -> bool:
    """Whether anything has `number`."""
    return any(kind.model._default_manager.filter(number=number).exists() for kind in kinds())


def system_exists(number: str) -> bool:
    """Whether something that is no person has this internal number and is in use."""
    for kind in kinds():
        if not kind.person:
            row = kind.model._default_manager.filter(number=number).first()
            if row is not None and getattr(row, "enabled", True):
                return True
    return False


def next_free() -> str:
    """The lowest number from 100 that nobody has; a query for each kind."""
    taken = {*reserved()}
    for kind in kinds():
        taken.update(kind.model._default_manager.exclude(number=None).values_list("number", flat=True))
    number = FIRST
    while str(number) in taken:
        number += 1
    return str(number)
