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


def hearers_of(recording: Recording) -> set[int]:
    """The ids of the users who may hear it: those for whom `recordings_for` has it."""
    right = Extension.Recordings
    users, departments = set(), set()
    for user, department in recording.parties.values_list("user_id", "department_id"):
        users.add(user)
        departments.add(department)
    by_right = User.objects.filter(
        Q(extension__recordings=right.ALL)
        | Q(extension__recordings__in=(right.OWN, right.DEPARTMENT), pk__in=users - {None})
        | Q(extension__recordings=right.DEPARTMENT, extension__department__in=departments - {None}),
        is_active=True,
        extension__enabled=True,
    )
    by_permission = User.objects.with_perm("telephony.view_recording")
    return {*by_right.values_list("pk", flat=True), *by_permission.values_list("pk", flat=True)}


def _right(user: Any) -> str:
    extension = getattr(user, "extension", None)
    return extension.recordings if extension is not None and extension.enabled else Extension.Recordings.NONE
