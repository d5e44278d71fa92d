"""Fills a freshly migrated database for the edge's tests: `python -m tests.rig.edge.rows`."""

from __future__ import annotations

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from telephony.extensions.models import Device, Extension
    from voicemail.models import Mailbox, Message

    for number in range(100, 110):
        extension = Extension.objects.create(number=str(number), name=f"Person {number}")
        for username in (str(number), f"{number}-2"):
            device = Device(extension=extension, username=username)
            device.set_secret(f"secret{username}")
            device.save()
        mailbox = Mailbox(extension=extension)
        mailbox.set_pin("1234")
        mailbox.save()
        if number == 101:
            for name in ("a", "b"):
                Message.objects.create(
                    mailbox=mailbox, caller="102", duration=1000, file=f"{number}/{name}.wav"
                )


if __name__ == "__main__":
    main()
