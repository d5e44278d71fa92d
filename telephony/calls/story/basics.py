"""The sentences of calls as such: how they begin, ring, are talked, held, transferred, and end."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "called": ("{caller} belde {number}.", "{caller} called {number}."),
    "called_by_trunk": (
        "{caller} belde {number} via de lijn {trunk}.",
        "{caller} called {number} over the trunk {trunk}.",
    ),
    "click_to_dial": (
        "De centrale belde eerst {extension} om daarna {number} te bellen.",
        "The exchange rang {extension} first, to call {number} next.",
    ),
    "answered": ("{who} nam op na {seconds} seconden.", "{who} answered after {seconds} seconds."),
    "no_answer": (
        "{who} nam niet op binnen {seconds} seconden; de regel voor 'niet opgenomen' volgt.",
        "{who} did not answer within {seconds} seconds; the rule for 'no answer' follows.",
    ),
    "busy": (
        "{who} was in gesprek; de regel voor 'bezet' volgt.",
        "{who} was busy; the rule for 'busy' follows.",
    ),
    "declined": (
        "{who} weigerde het gesprek; de regel voor 'bezet' volgt.",
        "{who} declined the call; the rule for 'busy' follows.",
    ),
    "not_registered": (
        "Bij {who} was geen toestel aangemeld; de regel voor 'niet aangemeld' volgt.",
        "{who} had no device registered; the rule for 'not registered' follows.",
    ),
    "failed": ("{who} kon niet worden gebeld (SIP {status}).", "{who} could not be called (SIP {status})."),
    "message_left": (
        "De beller sprak een bericht van {seconds} seconden in voor {extension}.",
        "The caller left a message of {seconds} seconds for {extension}.",
    ),
    "message_empty": ("De beller sprak niets in.", "The caller left no message."),
    "message_impossible": (
        "De schijf is vol: de beller hoorde dat een bericht nu niet kan.",
        "The disk is full: the caller heard that no message can be left now.",
    ),
    "message_unwritable": (
        "Er kon niets worden bewaard ({detail}): de beller hoorde dat een bericht nu niet kan.",
        "Nothing could be stored ({detail}): the caller heard that no message can be left now.",
    ),
    "message_recovered": (
        "De opname werd onderbroken; wat er was, {seconds} seconden, is bewaard.",
        "The recording was cut off; what there was, {seconds} seconds, is kept.",
    ),
    "database_away": (
        "De database antwoordde niet: de beller hoorde dat een bericht nu niet kan.",
        "The database did not answer: the caller heard that no message can be left now.",
    ),
    "message_waits": (
        "De beller sprak een bericht in voor {extension}; het wacht tot het kan worden opgeslagen.",
        "The caller left a message for {extension}; it waits until it can be stored.",
    ),
    "message_stored": (
        "Het bericht van {seconds} seconden is alsnog opgeslagen.",
        "The message of {seconds} seconds has been stored after all.",
    ),
    "wrong_pin": ("Onjuiste pincode voor {extension}.", "Wrong PIN for {extension}."),
    "mailbox_locked": (
        "Het menu van {extension} is op slot na te veel onjuiste pincodes.",
        "The menu of {extension} is locked after too many wrong PINs.",
    ),
    "held": ("{who} zette het gesprek in de wacht.", "{who} put the call on hold."),
    "resumed": ("{who} haalde het gesprek uit de wacht.", "{who} took the call off hold."),
    "transferred": ("{who} verbond door naar {number}.", "{who} transferred the call to {number}."),
    "transfer_failed": (
        "Doorverbinden naar {number} lukte niet; het gesprek ging terug naar {who}.",
        "The transfer to {number} failed; the call went back to {who}.",
    ),
    "transfer_joined": (
        "{who} verbond de gesprekspartners met elkaar door (aangekondigd).",
        "{who} joined the two other parties (attended transfer).",
    ),
    "replaced": ("Het gesprek werd overgenomen door {who}.", "The call was taken over by {who}."),
    "recording": ("Het gesprek werd opgenomen.", "The call was recorded."),
    "hung_up": ("{who} hing op.", "{who} hung up."),
    "caller_gave_up": (
        "De beller hing op na {seconds} seconden.",
        "The caller hung up after {seconds} seconds.",
    ),
    "vanished": (
        "Van {who} kwam geen geluid en geen antwoord meer; het gesprek is beëindigd.",
        "{who} sent no sound and no answer any more; the call was ended.",
    ),
    "ended_by_command": ("Het gesprek werd van buitenaf beëindigd.", "The call was ended by a command."),
    "full": ("De centrale is vol.", "The exchange is full."),
    "error": (
        "Er ging iets mis in de centrale: {detail}.",
        "Something went wrong in the exchange: {detail}.",
    ),
    "lost": (
        "Het gesprek ging verloren doordat de medianode {node} stopte.",
        "The call was lost because the media node {node} stopped.",
    ),
}
