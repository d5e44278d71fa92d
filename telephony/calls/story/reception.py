"""Sentences about digital receptionists, their prompts, and recording."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "reception_key": (
        "De beller koos toets {key} bij receptionist {receptionist}.",
        "The caller chose key {key} at receptionist {receptionist}.",
    ),
    "reception_extension": (
        "De beller toetste toestel {extension}.",
        "The caller dialled extension {extension}.",
    ),
    "reception_name": (
        "De beller zocht op naam en koos {name} ({extension}).",
        "The caller looked a name up and chose {name} ({extension}).",
    ),
    "reception_wrong_key": (
        "De beller toetste {keys}, en dat leidt nergens heen.",
        "The caller pressed {keys}, which leads nowhere.",
    ),
    "reception_closed": (
        "Receptionist {receptionist} is gesloten; de regel is: {rule:rule}.",
        "Receptionist {receptionist} is closed; the rule is: {rule:rule}.",
    ),
    "reception_no_choice": (
        "De beller koos niets bij receptionist {receptionist}.",
        "The caller chose nothing at receptionist {receptionist}.",
    ),
    "reception_ends": (
        "De beller is langs te veel receptionisten gegaan, of {receptionist} bestaat niet; er is afscheid genomen.",
        "The caller went past too many receptionists, or {receptionist} does not exist; goodbye was said.",
    ),
    "prompt": ("De beller wil tekst {number} inspreken.", "The caller wants to record prompt {number}."),
    "prompt_refused": (
        "Tekst {number} bestaat niet, of de beller mag haar niet inspreken.",
        "Prompt {number} does not exist, or the caller may not record it.",
    ),
    "prompt_recorded": ("Tekst {number} is ingesproken.", "Prompt {number} was recorded."),
    "recording_announced": (
        "Er werd gezegd dat het gesprek wordt opgenomen.",
        "It was said that the call is recorded.",
    ),
    "recording_paused": ("De opname werd gepauzeerd.", "The recording was paused."),
    "recording_resumed": ("De opname ging verder.", "The recording went on."),
    "recording_stopped": (
        "De schijf raakte vol: de opname is gestopt en bewaard.",
        "The disk was getting full: the recording was stopped and kept.",
    ),
}
