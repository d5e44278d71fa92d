"""Why a command to a live call was not carried out: the media nodes' sentences, in the language of who asked.

A media node has no reader and says it in English; here its sentences are finished (a capital, a full stop) and, for
Dutch, looked up. `{}` stands for a number or name.
"""

from __future__ import annotations

import re
from functools import cache

# What a reader needs not know of: addresses and parts of the exchange.
AWAY = re.compile(
    r"Redis cannot be reached|The media node .* does not answer|this media node is closing down"
)

DUTCH = {
    "a call cannot be asked to {}": "een gesprek kan dit niet: {}",
    "a rule has this call recorded: nobody in it can stop that": (
        "een regel laat dit gesprek opnemen: wie erin zit kan dat niet stoppen"
    ),
    "a number is missing": "er ontbreekt een nummer",
    "every parking slot is taken": "alle parkeerplaatsen zijn bezet",
    "more than one call begins or ends like that": "er zijn meer gesprekken die zo beginnen of eindigen",
    "more than one call has such an id": "er zijn meer gesprekken met zo'n kenmerk",
    "more than {} parties cannot talk in one call": "in één gesprek kunnen hoogstens {} deelnemers praten",
    "no such call": "dit gesprek bestaat niet meer",
    "nobody has answered this call yet": "dit gesprek is nog niet opgenomen",
    "nobody is being consulted": "er is geen ruggespraak gaande",
    "nothing can be recorded now": "er kan nu niets worden opgenomen",
    "only somebody of this exchange can consult a colleague": "alleen een eigen toestel kan ruggespraak houden",
    "only somebody of this exchange can move a call": "alleen een eigen toestel kan een gesprek verplaatsen",
    "only somebody of this exchange can park a call": "alleen een eigen toestel kan een gesprek parkeren",
    "say with `extension` who listens in": "er is niet gezegd wie meeluistert",
    "somebody is parked in slot {} already": "op plaats {} staat al iemand geparkeerd",
    "that device is not registered": "dat toestel is niet aangemeld",
    "the call has ended": "het gesprek is afgelopen",
    "the call did not react in time": "het gesprek reageerde niet op tijd",
    "the disk is full: nothing can be recorded": "de schijf is vol: er kan niets worden opgenomen",
    "the exchange itself speaks with the caller: there is no conversation": (
        "de centrale zelf spreekt met de beller: er is geen gesprek"
    ),
    "the mobile cannot be called from here": "het mobiele nummer kan van hier niet worden gebeld",
    "the telephone itself holds the call: take it off hold there": (
        "het toestel zelf houdt het gesprek in de wacht: haal het daar uit de wacht"
    ),
    "there are more than two parties in this call": "er zijn meer dan twee deelnemers in dit gesprek",
    "there are {} parties in this call already": "er zijn al {} deelnemers in dit gesprek",
    "there is a consultation going on already": "er is al ruggespraak gaande",
    "there is a consultation going on: complete or cancel it first": (
        "er is ruggespraak gaande: verbind eerst door of breek die af"
    ),
    "there is no extension {}": "toestelnummer {} bestaat niet",
    "there is no such live call": "dit gesprek is er niet meer",
    "this call is being moved already": "dit gesprek wordt al verplaatst",
    "this call is itself a consultation: complete or cancel it first": (
        "dit gesprek is zelf ruggespraak: verbind eerst door of breek die af"
    ),
    "this call is not being recorded": "dit gesprek wordt niet opgenomen",
    "this call is on its way to somebody else": "dit gesprek is onderweg naar iemand anders",
    "this call is parked in slot {}: dial {} to take it": (
        "dit gesprek staat geparkeerd op plaats {}: kies {} om het op te halen"
    ),
    "{} cannot be reached from here": "{} is van hier niet te bereiken",
    "{} consults somebody: the others wait already": "{} houdt ruggespraak: de anderen wachten al",
    "{} has no mobile number": "{} heeft geen mobiel nummer",
    "{} has no right to listen in": "{} heeft niet het recht om mee te luisteren",
    "{} has not answered this call yet": "{} heeft dit gesprek nog niet opgenomen",
    "{} has not put this call on hold": "{} heeft dit gesprek niet in de wacht gezet",
    "{} is away from this call": "{} is even uit dit gesprek",
    "{} is being rung already": "{} gaat al over",
    "{} is in this call already": "{} neemt al deel aan dit gesprek",
    "{} is no parking slot": "{} is geen parkeerplaats",
    "{} is not a person on the telephone": "{} is geen mens aan de telefoon",
    "{} is not in this call": "{} neemt geen deel aan dit gesprek",
    "{} only listens in": "{} luistert alleen mee",
}


def is_away(sentence: str) -> bool:
    """Whether it says that a part of the exchange is not there now, rather than what is wrong with the command."""
    return AWAY.search(sentence) is not None


def tell(sentence: str, language: str) -> str:
    """The sentence for a person; one that is not known stays English."""
    text = sentence.removesuffix(".")
    if language.startswith("nl"):
        for pattern, dutch in _patterns():
            if match := pattern.fullmatch(text):
                text = dutch.format(*match.groups())
                break
    return f"{text[:1].upper()}{text[1:]}."


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most exact first: those that begin with a number fit almost anything."""
    ordered = sorted(DUTCH, key=lambda english: (english.startswith("{}"), -len(english)))
    return tuple(
        (re.compile(re.escape(one).replace(r"\{\}", "(.+?)"), re.IGNORECASE), DUTCH[one]) for one in ordered
    )
