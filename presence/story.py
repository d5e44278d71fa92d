"""Steps of a call that statuses and rules of people decide."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # presence: whose rule
    "exception_rule": _("For this caller or at this time {extension} has an exception: {rule:rule}."),
    "status_rule": _("{extension} is {status:state}; for {source:source} the rule is: {rule:rule}."),
    "status_rule_until": _(
        "{extension} is {status:state} until {until:moment}; for {source:source} the rule is: {rule:rule}."
    ),
    "out_of_office": _("{extension} is {status:state}, and it is outside working hours: always voicemail."),
    "busy_rule": _(
        "{extension} is in a call and takes one at a time; for {source:source} the rule is: {rule:rule}."
    ),
    "no_answer_rule": _("The rule of {extension} for 'no answer', for {source:source}: {rule:rule}."),
    "unavailable_rule": _(
        "The rule of {extension} for 'busy or not registered', for {source:source}: {rule:rule}."
    ),
    # presence: codes
    "status_code": _("{extension} asks for the status {status:status}."),
    "status_set": _("The status of {extension} is {status:status} now."),
    "status_not_set": _("The status of {extension} could not be set to {status:status}."),
}
