"""The sentences of reachability: who rings, whose rule sends a call where, hours, codes."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "ring_extension": (
        "{extension} gaat over, hoogstens {seconds} seconden.",
        "{extension} rings, for at most {seconds} seconds.",
    ),
    "mobile_too": (
        "De mobiel van {extension} gaat mee over; hij telt pas als daar een 1 wordt getoetst.",
        "The mobile of {extension} rings along; it counts once a 1 is pressed there.",
    ),
    "mobile_not_accepted": (
        "Op de mobiel van {extension} werd opgenomen, maar geen 1 getoetst.",
        "The mobile of {extension} was answered, but no 1 was pressed.",
    ),
    "answered_mobile": (
        "{who} nam op de mobiel op na {seconds} seconden.",
        "{who} answered on the mobile after {seconds} seconds.",
    ),
    "mobile_is_caller": (
        "De mobiel van {extension} gaat niet mee over: daar komt het gesprek vandaan.",
        "The mobile of {extension} does not ring along: the call comes from there.",
    ),
    "diverted_here": (
        "{number} stuurde dit gesprek hierheen door: het gaat daar niet nog eens naartoe.",
        "{number} diverted this call to here: it does not go there again.",
    ),
    "comes_from_us": (
        "De beller toont {number}, dat van ons is: het gesprek gaat niet nog eens naar buiten.",
        "The caller shows {number}, which is ours: the call does not go outside again.",
    ),
    "mobile_refused": (
        "De mobiel van {extension} kan niet meegaan:",
        "The mobile of {extension} cannot ring along:",
    ),
    "ring_group": (
        "Belgroep {group}: {extensions} gaat over, hoogstens {seconds} seconden.",
        "Ring group {group}: {extensions} rings, for at most {seconds} seconds.",
    ),
    "ring_department": (
        "Afdeling {department}: {extensions} gaat over, hoogstens {seconds} seconden.",
        "Department {department}: {extensions} rings, for at most {seconds} seconds.",
    ),
    "not_rung": (
        "{extensions} gaat niet over: door de status, of al in gesprek.",
        "{extensions} does not ring: because of the status, or already in a call.",
    ),
    "group_ends": (
        "Belgroep {group} heeft geen voicemail; de beller hoort dat niemand opneemt.",
        "Ring group {group} has no voicemail; the caller hears that nobody answers.",
    ),
    "department_closed": (
        "Afdeling {department} is gesloten; de regel is: {rule:rule}.",
        "Department {department} is closed; the rule is: {rule:rule}.",
    ),
    "department_unanswered": (
        "Neemt bij afdeling {department} niemand op, dan is de regel: {rule:rule}.",
        "When nobody answers in department {department} the rule is: {rule:rule}.",
    ),
    "receptionist": (
        "{number} is een digitale receptionist, die het gesprek aanneemt.",
        "{number} is a digital receptionist, who takes the call.",
    ),
    # whose rule
    "exception_rule": (
        "Voor deze beller of dit tijdstip heeft {extension} een uitzondering: {rule:rule}.",
        "For this caller or at this time {extension} has an exception: {rule:rule}.",
    ),
    "status_rule": (
        "{extension} is {status:status}; voor {source:source} is de regel: {rule:rule}.",
        "{extension} is {status:status}; for {source:source} the rule is: {rule:rule}.",
    ),
    "status_rule_until": (
        "{extension} is {status:status} tot {until:moment}; voor {source:source} is de regel: {rule:rule}.",
        "{extension} is {status:status} until {until:moment}; for {source:source} the rule is: {rule:rule}.",
    ),
    "out_of_office": (
        "{extension} is {status:status}, en het is buiten werktijd: altijd voicemail.",
        "{extension} is {status:status}, and it is outside working hours: always voicemail.",
    ),
    "busy_rule": (
        "{extension} is in gesprek en neemt één gesprek tegelijk aan; voor {source:source} is de regel: {rule:rule}.",
        "{extension} is in a call and takes one at a time; for {source:source} the rule is: {rule:rule}.",
    ),
    "no_answer_rule": (
        "De regel van {extension} voor 'niet opgenomen', voor {source:source}: {rule:rule}.",
        "The rule of {extension} for 'no answer', for {source:source}: {rule:rule}.",
    ),
    "unavailable_rule": (
        "De regel van {extension} voor 'bezet of niet aangemeld', voor {source:source}: {rule:rule}.",
        "The rule of {extension} for 'busy or not registered', for {source:source}: {rule:rule}.",
    ),
    # where it ends
    "to_voicemail": ("De regel zegt: voicemail van {extension}.", "The rule says: voicemail of {extension}."),
    "to_mobile": (
        "De mobiel van {extension} wordt gebeld, hoogstens {seconds} seconden.",
        "The mobile of {extension} is called, for at most {seconds} seconds.",
    ),
    "to_outside": (
        "{number} wordt gebeld, hoogstens {seconds} seconden.",
        "{number} is called, for at most {seconds} seconds.",
    ),
    "busy_tone": ("De beller krijgt de bezettoon.", "The caller gets the busy tone."),
    "no_voicemail": ("{extension} heeft geen voicemail.", "{extension} has no voicemail."),
    "nobody_left": (
        "Er is niemand over; de beller hoort dat niemand opneemt.",
        "Nobody is left; the caller hears that nobody answers.",
    ),
    "loop_found": (
        "Het gesprek was al bij {passed} en zou weer bij {number} komen: een kringloop; "
        "de voicemail van wie het eerst gebeld werd neemt het aan.",
        "The call has passed {passed} and would come to {number} again: a loop; "
        "the voicemail of who was called first takes it.",
    ),
    "too_many_hops": (
        "Na {hops} keer doorschakelen gaat het gesprek niet meer naar {number}; "
        "de voicemail van wie het eerst gebeld werd neemt het aan.",
        "After {hops} forwardings the call does not go on to {number}; "
        "the voicemail of who was called first takes it.",
    ),
    "too_many_ways": (
        "Na {hops} keer doorschakelen wordt daar niet meer van afgeweken: de voicemail neemt het gesprek aan.",
        "After {hops} forwardings there is no other way any more: the voicemail takes the call.",
    ),
    "rings_caller": (
        "{number} belt zelf; de voicemail van wie het eerst gebeld werd neemt het gesprek aan.",
        "{number} is the caller; the voicemail of who was called first takes the call.",
    ),
    "rule_nowhere": (
        "Dat bestaat niet (meer): {rule:rule}; de voicemail neemt het gesprek aan.",
        "That does not exist (any more): {rule:rule}; the voicemail takes the call.",
    ),
    # numbers of ours
    "inbound_open": ("{number} leidt naar: {rule:rule}.", "{number} leads to: {rule:rule}."),
    "inbound_closed": (
        "Buiten kantooruren leidt {number} naar: {rule:rule}.",
        "Outside office hours {number} leads to: {rule:rule}.",
    ),
    "inbound_nowhere": (
        "{number} verwijst naar {destination}, en dat bestaat niet.",
        "{number} points to {destination}, which does not exist.",
    ),
    "hours_open": ("Het is binnen kantooruren.", "It is within office hours."),
    "hours_closed": ("Het is buiten kantooruren.", "It is outside office hours."),
    "hours_break": ("Het is pauze tot {until:moment}.", "There is a break until {until:moment}."),
    "hours_holiday": ("Het is een feestdag: {name}.", "It is a holiday: {name}."),
    "hours_override": ("Er is gesloten tot {until:moment}.", "It is closed until {until:moment}."),
    # codes
    "message_asked": (
        "De beller koos ervoor een bericht voor {extension} in te spreken.",
        "The caller chose to leave a message for {extension}.",
    ),
    "no_mailbox": ("{extension} heeft geen voicemail.", "{extension} has no voicemail."),
    "voicemail_menu": ("De beller belde het voicemailmenu.", "The caller called the voicemail menu."),
    "echo_test": ("De beller belde de echotest.", "The caller called the echo test."),
    "status_code": (
        "{extension} vraagt om de status {status:status}.",
        "{extension} asks for the status {status:status}.",
    ),
    "status_set": (
        "De status van {extension} is nu {status:status}.",
        "The status of {extension} is {status:status} now.",
    ),
    "status_not_set": (
        "De status van {extension} kon niet op {status:status} worden gezet.",
        "The status of {extension} could not be set to {status:status}.",
    ),
    "park": (
        "{slot} is een parkeerplaats: parkeren of ophalen.",
        "{slot} is a parking slot: park or retrieve.",
    ),
    "pickup": (
        "De beller neemt een gesprek over van {extension}.",
        "The caller picks up a call of {extension}.",
    ),
    "pickup_group": (
        "De beller neemt een gesprek over dat bij de eigen groep gaat.",
        "The caller picks up a call that rings in the own group.",
    ),
    "unknown_number": ("{number} bestaat hier niet.", "{number} does not exist here."),
}
