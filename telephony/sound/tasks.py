"""Background work for spoken prompts."""

from __future__ import annotations

from celery import shared_task

from telephony.sound import speech


@shared_task(name="telephony.sweep_speech", ignore_result=True)
def sweep_speech() -> None:
    """Every day: what was spoken once and is not asked for any more."""
    speech.sweep()
