"""Calls in hand: conferences, consultations, parking, picking up, listening in."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "transfer_refused": (
        "{who} wilde doorverbinden naar {number}; dat kon niet.",
        "{who} wanted to transfer the call to {number}; that was not possible.",
    ),
    "transferred_outside": (
        "{who} is van buiten: na het doorverbinden golden de regels voor bellers van buiten.",
        "{who} is from outside: after the transfer the rules for callers from outside counted.",
    ),
    "brought_back": (
        "Het gesprek ging terug naar {extension}, die hoogstens {seconds} seconden werd gebeld.",
        "The call went back to {extension}, who was rung for at most {seconds} seconds.",
    ),
    "consults": (
        "{who} belde {number} om te overleggen; de ander wachtte.",
        "{who} called {number} to consult them; the other party waited.",
    ),
    "consulted": ("{who} kwam terug van het overleg.", "{who} came back from the consultation."),
    "sent_to_voicemail": (
        "Bij {who} werd het gesprek naar de voicemail gestuurd.",
        "At {who} the call was sent to voicemail.",
    ),
    "fetch_add": ("{who} vroeg {number} erbij.", "{who} asked {number} to join."),
    "fetch_move": (
        "{who} wilde het gesprek verplaatsen naar {number}.",
        "{who} wanted to move the call to {number}.",
    ),
    "fetch_listen": (
        "{number} vroeg om mee te luisteren bij {who}.",
        "{number} asked to listen in on {who}.",
    ),
    "fetch_whisper": (
        "{number} vroeg om {who} te kunnen influisteren.",
        "{number} asked to whisper to {who}.",
    ),
    "fetch_barge": (
        "{number} vroeg om mee te praten met {who}.",
        "{number} asked to join the call of {who}.",
    ),
    "joined": ("{who} kwam erbij.", "{who} joined the call."),
    "not_joined": ("{who} kwam er niet bij ({why}).", "{who} did not join ({why})."),
    "dropped": ("{who} haalde {number} uit het gesprek.", "{who} took {number} out of the call."),
    "moved": (
        "Het gesprek werd verplaatst naar een ander toestel: {who}.",
        "The call was moved to another device: {who}.",
    ),
    "listens": ("{who} luisterde mee.", "{who} listened in."),
    "whispers": (
        "{who} luisterde mee en kon een collega influisteren.",
        "{who} listened in and could whisper to a colleague.",
    ),
    "barged": ("{who} brak in op het gesprek.", "{who} barged in."),
    "parked": ("{who} parkeerde het gesprek op {slot}.", "{who} parked the call in slot {slot}."),
    "retrieved": ("{who} nam het gesprek op van {slot}.", "{who} took the call from slot {slot}."),
    "retrieves": (
        "De beller nam {caller} op, die op {slot} geparkeerd stond.",
        "The caller took {caller}, who was parked in slot {slot}.",
    ),
    "slot_empty": ("Op {slot} stond niemand geparkeerd.", "Nobody was parked in slot {slot}."),
    "parked_too_long": (
        "Niemand nam het gesprek van {slot} op; het gaat terug naar {who}.",
        "Nobody took the call from slot {slot}; it goes back to {who}.",
    ),
    "picks_up": (
        "De beller nam het gesprek van {caller} op dat bij {extension} overging.",
        "The caller took the call from {caller} that rang at {extension}.",
    ),
    "picked_up": (
        "{who} nam op voor {extension}.",
        "{who} picked the call up for {extension}.",
    ),
    "nothing_rings": ("Bij {extension} ging geen telefoon over.", "No telephone rang at {extension}."),
    "nothing_rings_in_group": (
        "Bij geen collega uit de groep ging een telefoon over.",
        "No telephone rang at a colleague of the group.",
    ),
    "waits_for": (
        "De browser van {who} viel weg; het gesprek wacht hoogstens {seconds} seconden.",
        "The browser of {who} was gone; the call waits for at most {seconds} seconds.",
    ),
    "came_back": ("{who} was er weer.", "{who} was back."),
    "stayed_away": ("{who} kwam niet terug.", "{who} did not come back."),
    "recording_paused": ("De opname werd onderbroken.", "The recording was paused."),
    "recording_resumed": ("De opname ging verder.", "The recording went on."),
}
