"""The only place where speed dials change. Each action ends by telling the user; `watched` tells the media nodes."""

from __future__ import annotations

from django.db import transaction

import live
from accounts.models import User
from speeddial.events import speed_dials_changed
from speeddial.models import SpeedDial
from speeddial.selectors import speed_dials_of


@transaction.atomic
def do_set_speed_dial(user: User, position: int, number: str, label: str = "") -> SpeedDial:
    """Have *0 and `position` dial `number`, whatever it dialled before. Raises ValidationError by field."""
    # Two tabs that fill one position at once do it one after the other.
    User.objects.select_for_update().get(pk=user.pk)
    found = SpeedDial.objects.filter(user=user, position=position).first()
    row = found or SpeedDial(user=user, position=position)
    row.number, row.label = number, label
    return do_save_speed_dial(row)


@transaction.atomic
def do_save_speed_dial(row: SpeedDial) -> SpeedDial:
    """Save a speed dial that was made or changed. Raises ValidationError by field."""
    row.full_clean()
    row.save()
    _tell(row.user)
    return row


@transaction.atomic
def do_delete_speed_dial(row: SpeedDial) -> None:
    """Have its position dial nothing any more."""
    row.delete()
    _tell(row.user)


def _tell(user: User) -> None:
    """After the commit: the user's own clients show them as they are now."""
    event = speed_dials_changed(speed_dials_of(user))
    transaction.on_commit(lambda: live.publish(event, user=user.pk))
