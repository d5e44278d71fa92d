"""The members of a department."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from telephony.extensions.models import Department, Extension


@transaction.atomic
def do_set_members(department: Department, members: Iterable[Extension]) -> int:
    """Make these the members and nobody else; how many came or went. New members leave their old department."""
    wanted = {extension.pk for extension in members}
    rows = Extension.objects.select_for_update()
    going = [(row, None) for row in rows.filter(department=department).exclude(pk__in=wanted)]
    coming = [(row, department) for row in rows.filter(pk__in=wanted) if row.department_id != department.pk]
    # Saved one by one: what listens to changes of an extension hears of these, too.
    for extension, where in (*going, *coming):
        extension.department = where
        extension.save(update_fields=["department"])
    return len(going) + len(coming)
