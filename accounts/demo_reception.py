"""The demo company's digital receptionists: one in Dutch, one in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from telephony.extensions import numbering
from telephony.extensions.destinations import Kind
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.sound.models import Prompt


@dataclass(frozen=True, slots=True)
class Desk:
    """A receptionist that does not exist yet; `keys` are (key, kind, target)."""

    number: str
    name: str
    language: str
    text: str
    keys: tuple[tuple[str, str, str], ...]


KEYS = (("1", Kind.SYSTEM, "600"), ("2", Kind.EXTENSION, "100"), ("0", Kind.VOICEMAIL, "100"))
DESKS = (
    Desk(
        "801",
        "Reception in English",
        "en",
        "Welcome to the demo company. For the reception desk, press one. For Sanne Terpstra, press two. "
        "To leave a message, press zero. To find somebody by name, press nine.",
        KEYS,
    ),
    Desk(
        "800",
        "Receptie",
        "nl",
        "Welkom bij het demobedrijf. Voor de receptie, toets één. Voor Sanne Terpstra, toets twee. "
        "Om een bericht in te spreken, toets nul. Om iemand op naam te vinden, toets negen. "
        "For English, press star.",
        (*KEYS, ("*", Kind.SYSTEM, "801")),
    ),
)


def make_receptionists() -> list[dict[str, Any]]:
    """Make what is missing and describe all of it. Raises ValidationError when somebody else has a number."""
    return [_describe(_make(desk)) for desk in reversed([*DESKS])]


def _make(desk: Desk) -> Receptionist:
    found = Receptionist.objects.filter(number=desk.number).first()
    if found is not None:
        return found
    numbering.check_free(desk.number)
    prompt = Prompt.objects.filter(name=desk.name, text=desk.text).first()
    if prompt is None:
        number = (Prompt.objects.aggregate(highest=Max("number"))["highest"] or 0) + 1
        prompt = Prompt.objects.create(number=number, name=desk.name, language=desk.language, text=desk.text)
    made = Receptionist.objects.create(
        number=desk.number,
        name=desk.name,
        language=desk.language,
        welcome=prompt,
        dial_extension=True,
        name_key="9",
        silent_kind=Kind.SYSTEM,
        silent_target="600",
    )
    for key, kind, target in desk.keys:
        ReceptionistKey.objects.create(receptionist=made, key=key, kind=kind, target=target)
    return made


def _describe(receptionist: Receptionist) -> dict[str, Any]:
    keys = {row.key: f"{row.kind} {row.target}".strip() for row in receptionist.keys.all()}
    return {
        "number": receptionist.number,
        "name": receptionist.name,
        "language": receptionist.language,
        "keys": keys,
    }
