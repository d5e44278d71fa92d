"""The sentences of calls over a trunk: lines, outbound rules, limits."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # trunks
    "outside": _("{number} is an outside number; called over {trunks}."),
    "emergency": _("{number} is an emergency number; called over {trunks}."),
    "unknown_inbound": _("{number} is not a number of this exchange."),
    "no_trunk": _("{number} is an outside number, and there is no trunk."),
    "trunk_failed": _("The trunk {trunk} did not take the call (SIP {status})."),
    "trunk_away": _("The trunk {trunk} is away ({error})."),
    "outside_failed": _("{number} was not reached."),
    "not_a_number": _("{number} is not a telephone number."),
    # outbound rules
    "outside_not_allowed": _("{extension} may not call outside numbers."),
    "rule_forbids": _("The outbound rule '{rule}' does not allow {number}."),
    "no_rule": _("No outbound rule fits {number}."),
    "satellite_blocked": _("{number} is a satellite number, and those are not allowed."),
    "premium_blocked": _("{number} is a premium rate number, and those are not allowed."),
    "country_blocked": _("{number} is in a country that is not allowed ({country})."),
    # limits
    "longest_call": _(
        "The call with {who} was ended after {minutes:minutes}: that is the longest for a call to outside."
    ),
    "calls_limit": _("The limit of simultaneous outside calls is reached ({limit})."),
    "minutes_limit": _("Outside calls have taken {limit:minutes} today, which is the limit."),
    "calls_limit_of": _("The limit of simultaneous outside calls of {extension} is reached ({limit})."),
    "minutes_limit_of": _("{extension} has called outside for {limit:minutes} today, which is the limit."),
}
