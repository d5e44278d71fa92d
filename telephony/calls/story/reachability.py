"""The sentences of reachability: who rings, whose rule sends a call where, hours, codes."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # basics
    "ring_extension": _("{extension} rings, for at most {seconds:seconds}."),
    "ring_group": _(
        "Ring group {group}: the telephone rings at {extensions}, for at most {seconds:seconds}."
    ),
    "ring_department": _(
        "Department {department}: the telephone rings at {extensions}, for at most {seconds:seconds}."
    ),
    "not_rung": _("The telephone does not ring at {extensions}: because of the status, or of another call."),
    "group_ends": _("Ring group {group} has no voicemail; the caller hears that nobody answers."),
    "department_closed": _("Department {department} is closed; the rule is: {rule:rule}."),
    "department_unanswered": _("When nobody answers in department {department} the rule is: {rule:rule}."),
    "unknown_number": _("{number} does not exist here."),
    "echo_test": _("The caller called the echo test."),
    # the mobile that rings along
    "mobile_too": _("The mobile of {extension} rings along; it counts once a 1 is pressed there."),
    "mobile_not_accepted": _("The mobile of {extension} was answered, but no 1 was pressed."),
    "answered_mobile": _("{who} answered on the mobile after {seconds:seconds}."),
    "mobile_is_caller": _("The mobile of {extension} does not ring along: the call comes from there."),
    "diverted_here": _("{number} diverted this call to here: it does not go there again."),
    "comes_from_us": _("The caller shows {number}, which is ours: the call does not go outside again."),
    "mobile_refused": _("The mobile of {extension} cannot ring along:"),
    # where a rule leads
    "to_voicemail": _("The rule says: voicemail of {extension}."),
    "to_mobile": _("The mobile of {extension} is called, for at most {seconds:seconds}."),
    "to_outside": _("{number} is called, for at most {seconds:seconds}."),
    "busy_tone": _("The caller gets the busy tone."),
    "no_voicemail": _("{extension} has no voicemail."),
    "nobody_left": _("Nobody is left; the caller hears that nobody answers."),
    "loop_found": _(
        "The call has passed {passed} and would come to {number} again: a loop; the voicemail of the "
        "first person called takes it."
    ),
    "too_many_hops": _(
        "After {hops} forwardings the call does not go on to {number}; the voicemail of the first person "
        "called takes it."
    ),
    "too_many_ways": _("After {hops} forwardings the search ends: the voicemail takes the call."),
    "rings_caller": _("{number} is the caller; the voicemail of the first person called takes the call."),
    "rule_nowhere": _("That does not exist (any more): {rule:rule}; the voicemail takes the call."),
    # numbers of ours
    "inbound_open": _("{number} leads to: {rule:rule}."),
    "inbound_closed": _("Outside office hours {number} leads to: {rule:rule}."),
    "inbound_nowhere": _("{number} points to {destination}, which does not exist."),
    # hours
    "hours_open": _("It is within office hours."),
    "hours_closed": _("It is outside office hours."),
    "hours_break": _("There is a break until {until:moment}."),
    "hours_holiday": _("It is a holiday: {name}."),
    "hours_override": _("It is closed until {until:moment}."),
    # parking and pickup
    "park": _("{slot} is a parking slot: park or retrieve."),
    "pickup": _("The caller picks up a call of {extension}."),
    "pickup_group": _("The caller picks up a call that rings at a colleague of the group."),
}
