"""Background work for devices."""

from __future__ import annotations

from celery import shared_task

from telephony.extensions.browsers import do_purge_browsers


@shared_task(name="telephony.purge_browsers", ignore_result=True)
def purge_browsers() -> None:
    """Every ten minutes: browsers whose secret has run out are no devices any more."""
    do_purge_browsers()
