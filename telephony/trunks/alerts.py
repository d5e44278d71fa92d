"""Mail to administrators: calls that were refused to save money, trunks that are away; one an hour and cause."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import redis
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext

import live
from live.later import enqueue
from telephony.calls import story

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

QUIET = 3600  # seconds
CAUSES = frozenset(
    {
        *("country_blocked", "premium_blocked", "satellite_blocked"),
        *("calls_limit", "minutes_limit", "calls_limit_of", "minutes_limit_of"),
        "trunk_away",
    }
)
KEY = "kiestoon:alert:{code}:{about}"


def tell(code: str, args: Mapping[str, str | int]) -> bool:
    """Have administrators told, unless they were in the last hour; whether they are. Not for the engine's thread.

    `args` are those of the reason (`telephony.calls.story` has the words). Without Redis nobody is told.
    """
    about = args.get("extension") or args.get("trunk") or ""
    try:
        if not live.client().set(KEY.format(code=code, about=about), 1, nx=True, ex=QUIET):
            return False
    except redis.RedisError as error:
        log.warning("administrators could not be told of %s: %s", code, error)
        return False
    return enqueue("telephony.mail_alert", code, dict(args))


def mail(user: User, code: str, args: Mapping[str, str | int]) -> None:
    """Mail one administrator, in their language. Raises OSError when the mail server is away."""
    with translation.override(user.language):
        sentence = story.tell_step({"code": code, "args": dict(args)}, user.language)
        subject = (
            gettext("Kiestoon: a trunk is away")
            if code == "trunk_away"
            else gettext("Kiestoon: a call to outside was refused")
        )
        rest = gettext(
            "You hear of the same cause once an hour at most. Every call is in the call log; "
            "the trunks and the limits are in the administration."
        )
    EmailMessage(subject, f"{sentence}\n\n{rest}\n", to=[user.email]).send()
