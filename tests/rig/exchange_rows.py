"""Fills a test instance's database: `python -m tests.rig.exchange_rows '<trunk host:port>'`, after `migrate`.

Extensions 100–107 with secret `secret<username>`, PIN 1234; ring group 600; one trunk with number +31201234567.
"""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
    django.setup()

from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from telephony.extensions.models import Device, Extension, RingGroup, RingGroupMember
from telephony.trunks.models import InboundNumber, Trunk
from voicemail.models import Mailbox

NAMES = {
    "100": "Anna de Wit",
    "101": "Bram Visser",
    "102": "Chris Young",
    "103": "Daan Mulder",
    "104": "Eva Bakker",
    "105": "Frits Prins",
    "106": "Gijs Kok",
    "107": "Hanna Vos",
}
WITHOUT_VOICEMAIL = {"105", "106", "107"}


def main(trunk: str) -> None:
    """Migrate and make the company."""
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        extensions = {number: _extension(number, name) for number, name in NAMES.items()}
        _device(extensions["104"], "104-2")
        group = RingGroup.objects.create(number="600", name="Balie", ring_seconds=4)
        for position, number in enumerate(("100", "101", "102")):
            RingGroupMember.objects.create(group=group, extension=extensions[number], position=position)
        host, _colon, port = trunk.partition(":")
        line = Trunk.objects.create(name="Demolijn", host=host, port=int(port), caller_id="+31201234567")
        InboundNumber.objects.create(number="+31201234567", trunk=line, target="101")


def _extension(number: str, name: str) -> Extension:
    language = "en" if number == "102" else "nl"
    user = User.objects.create(email=f"{number}@example.org", name=name, language=language)
    extension = Extension.objects.create(
        number=number,
        name=name,
        user=user,
        language=language,
        ring_seconds=5,
        record_calls=number == "106",
        announce_recording=False,
    )
    _device(extension, number)
    if number not in WITHOUT_VOICEMAIL:
        box = Mailbox(extension=extension, send_email=number == "103")
        box.set_pin("1234")
        box.save()
    return extension


def _device(extension: Extension, username: str) -> None:
    device = Device(extension=extension, username=username)
    device.set_secret(f"secret{username}")
    device.save()


if __name__ == "__main__":
    main(sys.argv[1])
