"""Why a command to a live call is not carried out: each code with its sentence.

The sentences are messages of gettext; `{number}` and the like are filled in with the arguments of the error.
"""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext_noop

Code = Literal[
    # a part of the exchange does not answer
    "redis_away",
    "node_away",
    "node_closing",
    # the call, and who is in it
    "no_such_call",
    "ambiguous_call",
    "call_ended",
    "call_timeout",
    "unknown_verb",
    "no_conversation",
    "not_answered",
    "not_answered_by",
    "on_its_way",
    "not_in_call",
    "already_in_call",
    "away_from_call",
    "only_listens",
    "not_own_call",
    "not_being_rung",
    "being_rung",
    "two_parties_needed",
    "call_full",
    "too_many_parties",
    # numbers and devices
    "number_missing",
    "no_such_extension",
    "unreachable",
    "no_mobile",
    "mobile_unreachable",
    "device_not_registered",
    # hold
    "others_wait",
    "not_on_hold",
    "held_by_phone",
    # consultation
    "consulting",
    "consulting_already",
    "is_consultation",
    "nobody_consulted",
    "consult_own_only",
    "not_a_person",
    # parking, moving
    "park_own_only",
    "parking_full",
    "no_parking_slot",
    "slot_taken",
    "call_parked",
    "move_own_only",
    "being_moved",
    # listening in
    "may_not_listen",
    "listener_missing",
    # recording
    "not_recorded",
    "must_be_recorded",
    "disk_full",
    "recording_failed",
]

SENTENCES: dict[Code, str] = {
    "redis_away": gettext_noop("Redis cannot be reached: {detail}."),
    "node_away": gettext_noop("The media node {node} does not answer."),
    "node_closing": gettext_noop("This media node is closing down."),
    "no_such_call": gettext_noop("There is no such live call."),
    "ambiguous_call": gettext_noop("More than one call has such an id."),
    "call_ended": gettext_noop("The call has ended."),
    "call_timeout": gettext_noop("The call did not react in time."),
    "unknown_verb": gettext_noop("A call cannot be asked to {verb}."),
    "no_conversation": gettext_noop("The exchange itself speaks with the caller: there is no conversation."),
    "not_answered": gettext_noop("Nobody has answered this call yet."),
    "not_answered_by": gettext_noop("{extension} has not answered this call yet."),
    "on_its_way": gettext_noop("This call is on its way to somebody else."),
    "not_in_call": gettext_noop("{number} is not in this call."),
    "already_in_call": gettext_noop("{number} is in this call already."),
    "away_from_call": gettext_noop("{number} is away from this call."),
    "only_listens": gettext_noop("{extension} only listens in."),
    "not_own_call": gettext_noop("That is somebody else's call."),
    "not_being_rung": gettext_noop("{extension} is not being rung for this call."),
    "being_rung": gettext_noop("{number} is being rung already."),
    "two_parties_needed": gettext_noop("There are more than two parties in this call."),
    "call_full": gettext_noop("There are {most} parties in this call already."),
    "too_many_parties": gettext_noop("More than {most} parties cannot talk in one call."),
    "number_missing": gettext_noop("A number is missing."),
    "no_such_extension": gettext_noop("There is no extension {extension}."),
    "unreachable": gettext_noop("{number} cannot be reached from here."),
    "no_mobile": gettext_noop("{extension} has no mobile number."),
    "mobile_unreachable": gettext_noop("The mobile cannot be called from here."),
    "device_not_registered": gettext_noop("That device is not registered."),
    "others_wait": gettext_noop("{number} consults somebody: the others wait already."),
    "not_on_hold": gettext_noop("{number} has not put this call on hold."),
    "held_by_phone": gettext_noop("The telephone itself holds the call: take it off hold there."),
    "consulting": gettext_noop("There is a consultation going on: complete or cancel it first."),
    "consulting_already": gettext_noop("There is a consultation going on already."),
    "is_consultation": gettext_noop("This call is itself a consultation: complete or cancel it first."),
    "nobody_consulted": gettext_noop("Nobody is being consulted."),
    "consult_own_only": gettext_noop("Only somebody of this exchange can consult a colleague."),
    "not_a_person": gettext_noop("{number} is not a person on the telephone."),
    "park_own_only": gettext_noop("Only somebody of this exchange can park a call."),
    "parking_full": gettext_noop("Every parking slot is taken."),
    "no_parking_slot": gettext_noop("{slot} is no parking slot."),
    "slot_taken": gettext_noop("Somebody is parked in slot {slot} already."),
    "call_parked": gettext_noop("This call is parked in slot {slot}: dial {slot} to take it."),
    "move_own_only": gettext_noop("Only somebody of this exchange can move a call."),
    "being_moved": gettext_noop("This call is being moved already."),
    "may_not_listen": gettext_noop("{extension} has no right to listen in."),
    "listener_missing": gettext_noop("Say with `extension` who listens in."),
    "not_recorded": gettext_noop("This call is not being recorded."),
    "must_be_recorded": gettext_noop("A rule has this call recorded: nobody in it can stop that."),
    "disk_full": gettext_noop("The disk is full: nothing can be recorded."),
    "recording_failed": gettext_noop("Nothing can be recorded now."),
}
