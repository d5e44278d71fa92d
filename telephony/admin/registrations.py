"""What pages of phones and of extensions share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from telephony.edge.models import Registration


class EndsRegistrations:
    """Deleting a phone ends its registrations, which nobody may delete by themselves."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        gone, counts, needed, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        return gone, counts, {name for name in needed if name != Registration._meta.verbose_name}, protected
