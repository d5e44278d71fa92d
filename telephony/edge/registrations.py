"""Ending registrations. The edge owns them; the rows here are its picture and follow by its events."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction

from telephony.edge import rpc
from telephony.edge.models import Registration

log = logging.getLogger(__name__)


def do_end_registration(registration: Registration) -> None:
    """Make the edge forget this contact. Raises rpc.EdgeError when it could not be told."""
    rpc.drop_registration(registration.extension, registration.contact)
    registration.delete()


def end_after_commit(registrations: Iterable[Registration]) -> None:
    """Once the transaction is through, end these registrations as far as the edge can be reached.

    A device that is gone, or whose secret or extension is, must not keep ringing until the registration runs out.
    """
    contacts = [(registration.extension, registration.contact) for registration in registrations]
    if contacts:
        transaction.on_commit(lambda: _end(contacts), robust=True)


def _end(contacts: list[tuple[str, str]]) -> None:
    for extension, contact in contacts:
        try:
            rpc.drop_registration(extension, contact)
        except rpc.EdgeError as error:
            log.warning("registration of %s stays until it expires: %s", extension, error)
            continue
        Registration.objects.filter(extension=extension, contact=contact).delete()
