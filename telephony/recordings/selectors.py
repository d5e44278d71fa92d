"""Which recordings somebody may hear."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from telephony.extensions.models import Extension
from telephony.extensions.selectors import may_hear_all, recording_right
from telephony.recordings.models import Recording, RecordingParty


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
    right = recording_right(user)
    if right not in (Extension.Recordings.OWN, Extension.Recordings.DEPARTMENT):
        return everything.none()
    mine = Q(user_id=user.pk)
    department = user.extension.department_id
    if right == Extension.Recordings.DEPARTMENT and department is not None:
        mine |= Q(department_id=department)
    party = RecordingParty.objects.filter(mine, recording=OuterRef("pk"))
    return everything.filter(Exists(party))


def hearers_of(recording: Recording) -> set[int]:
    """The ids of the users who may hear it: `recordings_for` these users has it."""
    right, parties = Extension.Recordings, list(recording.parties.values_list("user_id", "department_id"))
    users = {user for user, _department in parties if user is not None}
    departments = {department for _user, department in parties if department is not None}
    by_right = Q(extension__enabled=True) & (
        Q(extension__recordings=right.ALL)
        | Q(extension__recordings__in=(right.OWN, right.DEPARTMENT), pk__in=users)
        | Q(extension__recordings=right.DEPARTMENT, extension__department__in=departments)
    )
    permission = Permission.objects.filter(codename="view_recording", content_type__app_label="telephony")
    by_permission = (
        Q(is_superuser=True) | Q(user_permissions__in=permission) | Q(groups__permissions__in=permission)
    )
    return set(User.objects.filter(by_right | by_permission, is_active=True).values_list("pk", flat=True))
