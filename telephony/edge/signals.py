"""The edge forgets whom it may not let ring any more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from telephony.edge.models import Registration
from telephony.edge.registrations import end_after_commit
from telephony.extensions.signals import registrations_void


@receiver(registrations_void, dispatch_uid="edge-registrations-void")
def end_registrations(registrations: Iterable[Registration], **_kwargs: Any) -> None:
    """Once the transaction is through."""
    end_after_commit(registrations)
