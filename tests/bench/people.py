"""`python -m tests.bench.people COUNT FILE`: who the load extensions belong to, signed in.

Writes a JSON list of {"extension", "session"} for `tests.bench.live`; run with the settings of the exchange that is
measured. The people have no passwords.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from telephony.bench import FIRST  # noqa: E402
from telephony.calls.models import Call, CallLeg  # noqa: E402
from telephony.extensions.models import Extension  # noqa: E402
from voicemail.models import Mailbox  # noqa: E402

CALLS = 60  # in the log of each of the first people


def main(count: int, path: Path) -> None:
    numbers = [str(FIRST + index) for index in range(count)]
    with transaction.atomic():
        signed_in = [sign_in(number) for number in numbers]
        fill_log(numbers[:50])
    path.write_text(json.dumps(signed_in))


def sign_in(number: str) -> dict[str, str]:
    """A user for this extension, and a session of theirs."""
    extension = Extension.objects.get(number=number)
    user, new = User.objects.get_or_create(
        email=f"{number}@load.example", defaults={"name": f"Person {number}"}
    )
    if new:
        user.set_unusable_password()
        user.save()
    extension.user = user
    extension.save(update_fields=["user"])
    Mailbox.objects.filter(extension=extension).update(enabled=True)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"extension": number, "session": str(session.session_key)}


def fill_log(numbers: list[str]) -> None:
    """Calls between these, so that their logs have pages."""
    now = timezone.now()
    calls, legs = [], []
    for index, number in enumerate(numbers):
        for turn in range(CALLS):
            other = numbers[(index + turn + 1) % len(numbers)]
            key = f"0{index:04d}{turn:08d}"
            calls.append(
                Call(
                    id=key,
                    node="media1",
                    direction="internal",
                    outcome="answered" if turn % 3 else "no_answer",
                    caller=number,
                    dialled=other,
                    started=now,
                    answered=now if turn % 3 else None,
                    ended=now,
                )
            )
            legs += [
                CallLeg(call_id=key, role="caller", number=number, extension=number, started=now),
                CallLeg(call_id=key, role="target", number=other, extension=other, started=now),
            ]
    Call.objects.bulk_create(calls, ignore_conflicts=True)
    CallLeg.objects.bulk_create(legs)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
