"""Mail to administrators, from a worker."""

from __future__ import annotations

from celery import shared_task

from accounts.models import User
from telephony.trunks import alerts


@shared_task(name="telephony.mail_alert", ignore_result=True)
def mail_alert(code: str, args: dict[str, str | int]) -> None:
    """Tell administrators of a call that was refused, or a trunk that is away."""
    administrators = User.objects.filter(is_staff=True, is_active=True).exclude(email="")
    for user_id in administrators.values_list("pk", flat=True):
        mail_alert_to.delay(user_id, code, args)


@shared_task(
    name="telephony.mail_alert_to",
    ignore_result=True,
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=6,
)
def mail_alert_to(user_id: int, code: str, args: dict[str, str | int]) -> None:
    """One of these mails."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        alerts.mail(user, code, args)
