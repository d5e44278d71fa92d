"""The sentences of calls over a trunk: lines, outbound rules, limits."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "outside": (
        "{number} is een nummer buiten de centrale; gebeld via {trunks}.",
        "{number} is an outside number; called over {trunks}.",
    ),
    "emergency": (
        "{number} is een alarmnummer; gebeld via {trunks}.",
        "{number} is an emergency number; called over {trunks}.",
    ),
    "trunk_failed": (
        "De lijn {trunk} nam het gesprek niet aan (SIP {status}).",
        "The trunk {trunk} did not take the call (SIP {status}).",
    ),
    "unknown_inbound": (
        "{number} is geen nummer van deze centrale.",
        "{number} is not a number of this exchange.",
    ),
    "no_trunk": (
        "{number} is een nummer buiten de centrale, en er is geen lijn naar buiten.",
        "{number} is an outside number, and there is no trunk.",
    ),
    "trunk_away": ("De lijn {trunk} is weg ({error}).", "The trunk {trunk} is away ({error})."),
    "outside_failed": ("{number} werd niet bereikt.", "{number} was not reached."),
    "not_a_number": ("{number} is geen telefoonnummer.", "{number} is not a telephone number."),
    "outside_not_allowed": (
        "{extension} mag niet naar buiten bellen.",
        "{extension} may not call outside numbers.",
    ),
    "rule_forbids": (
        "De uitbelregel '{rule}' staat {number} niet toe.",
        "The outbound rule '{rule}' does not allow {number}.",
    ),
    "no_rule": ("Geen uitbelregel past bij {number}.", "No outbound rule fits {number}."),
    "satellite_blocked": (
        "{number} is een satellietnummer, en die zijn niet toegestaan.",
        "{number} is a satellite number, and those are not allowed.",
    ),
    "premium_blocked": (
        "{number} is een betaalnummer, en die zijn niet toegestaan.",
        "{number} is a premium rate number, and those are not allowed.",
    ),
    "country_blocked": (
        "{number} ligt in een land dat niet is toegestaan ({country}).",
        "{number} is in a country that is not allowed ({country}).",
    ),
    "longest_call": (
        "Het gesprek met {who} is na {minutes} minuten beëindigd: langer mag een gesprek naar buiten niet duren.",
        "The call with {who} was ended after {minutes} minutes: that is the longest for a call to outside.",
    ),
    "calls_limit": (
        "Er zijn al {limit} gesprekken naar buiten tegelijk, en meer mogen het er niet zijn.",
        "There are {limit} simultaneous outside calls already, which is the limit.",
    ),
    "minutes_limit": (
        "De {limit} minuten naar buiten van vandaag zijn op.",
        "Today's {limit} minutes of outside calls are used up.",
    ),
    "calls_limit_of": (
        "{extension} heeft al {limit} gesprekken naar buiten tegelijk, en meer mogen het er niet zijn.",
        "{extension} has {limit} simultaneous outside calls already, which is the limit.",
    ),
    "minutes_limit_of": (
        "De {limit} minuten naar buiten van {extension} van vandaag zijn op.",
        "Today's {limit} minutes of outside calls of {extension} are used up.",
    ),
}
