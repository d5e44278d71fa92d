"""Which recordings somebody may hear."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from telephony.models import Extension, Recording, RecordingParty


def may_hear_all(user: User | AnonymousUser) -> bool:
    """Administrators, and whose extension says "all"."""
    if not user.is_active:
        return False
    return user.has_perm("telephony.view_recording") or _right(user) == Extension.Recordings.ALL


def recordings_for(user: User | AnonymousUser) -> QuerySet[Recording]:
    """The recordings that this person may list and hear, newest first.

    "Own" are those of calls that the person was in, "department" those in which somebody was of the department that
    the person is in now.
    """
    everything = Recording.objects.all()
    if not isinstance(user, User) or not user.is_active:
        return everything.none()
    if may_hear_all(user):
        return everything
    right = _right(user)
    if right not in (Extension.Recordings.OWN, Extension.Recordings.DEPARTMENT):
        return everything.none()
    mine = Q(user_id=user.pk)
    department = user.extension.department_id
    if right == Extension.Recordings.DEPARTMENT and department is not None:
        mine |= Q(department_id=department)
    party = RecordingParty.objects.filter(mine, recording=OuterRef("pk"))
    return everything.filter(Exists(party))


def _right(user: Any) -> str:
    extension = getattr(user, "extension", None)
    return extension.recordings if extension is not None and extension.enabled else Extension.Recordings.NONE
