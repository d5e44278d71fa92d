"""Changes the trunks, rules and limits of a test instance: `python -m tests.rig.change_trunks '<JSON>'`.

{"trunks": [{field: value}], "rules": [{field: value, "trunks": [names]}], "limits": {field: value},
"rights": {extension: {field: value}}, "numbers": [{field: value}]}; the rest is as `tests.rig.exchange_rows` made it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
    django.setup()

from django.db import transaction

from telephony.extensions.models import Extension
from telephony.trunks.models import InboundNumber, Trunk
from telephony.trunks.rules import CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights

FIRST = "Demolijn"
NUMBER = "+31201234567"


@transaction.atomic
def main(wanted: dict[str, Any]) -> None:
    """Make it so."""
    OutboundRule.objects.all().delete()
    OutsideRights.objects.all().delete()
    Trunk.objects.exclude(name=FIRST).delete()
    InboundNumber.objects.exclude(number=NUMBER).delete()
    CallingLimits(**wanted.get("limits", {})).save()
    for number, rights in wanted.get("rights", {}).items():
        OutsideRights.objects.create(extension=Extension.objects.get(number=number), **rights)
    for fields in wanted.get("trunks", ()):
        Trunk.objects.create(host="127.0.0.1", **fields)
    for position, fields in enumerate(wanted.get("rules", ())):
        names = fields.pop("trunks", ())
        rule = OutboundRule.objects.create(position=position, **fields)
        for place, name in enumerate(names):
            OutboundRuleTrunk.objects.create(rule=rule, trunk=Trunk.objects.get(name=name), position=place)
    for fields in wanted.get("numbers", ()):
        row = InboundNumber(trunk=Trunk.objects.get(name=fields.pop("trunk", FIRST)), **fields)
        row.full_clean()
        row.save()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
