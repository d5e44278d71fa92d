"""Calls in hand: conferences, consultations, parking, picking up, listening in."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # transfer
    "transfer_refused": _("{who} wanted to transfer the call to {number}; that was not possible."),
    "transferred_outside": _(
        "{who} is from outside: after the transfer the rules for callers from outside counted."
    ),
    "brought_back": _("The call went back to {extension}, who was rung for at most {seconds:seconds}."),
    "consults": _("{who} called {number} to consult them; the other party waited."),
    "consulted": _("{who} came back from the consultation."),
    "moved": _("The call was moved to another device: {who}."),
    "fetch_move": _("{who} wanted to move the call to {number}."),
    # listening in
    "fetch_listen": _("{number} asked to listen in on {who}."),
    "fetch_whisper": _("{number} asked to whisper to {who}."),
    "fetch_barge": _("{number} asked to join the call of {who}."),
    "listens": _("{who} listened in."),
    "whispers": _("{who} listened in and could whisper to a colleague."),
    "barged": _("{who} barged in."),
    # parking and pickup
    "parked": _("{who} parked the call in slot {slot}."),
    "retrieved": _("{who} took the call from slot {slot}."),
    "retrieves": _("The caller took {caller}, who was parked in slot {slot}."),
    "slot_empty": _("Nobody was parked in slot {slot}."),
    "parked_too_long": _("Nobody took the call from slot {slot}; it goes back to {who}."),
    "picks_up": _("The caller took the call from {caller} that rang at {extension}."),
    "picked_up": _("{who} picked the call up for {extension}."),
    "nothing_rings": _("No telephone rang at {extension}."),
    "nothing_rings_in_group": _("No telephone rang at a colleague of the group."),
    # a browser that is reloaded
    "waits_for": _("The browser of {who} was gone; the call waits for at most {seconds:seconds}."),
    "came_back": _("{who} was back."),
    "stayed_away": _("{who} did not come back."),
}
