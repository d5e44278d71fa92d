"""The sentences of calls as such: how they begin, ring, are talked, held, transferred, and end."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # basics
    "called": _("{caller} called {number}."),
    "called_by_trunk": _("{caller} called {number} over the trunk {trunk}."),
    "click_to_dial": _("The exchange rang {extension} first, to call {number} next."),
    "answered": _("{who} answered after {seconds:seconds}."),
    "no_answer": _("{who} did not answer within {seconds:seconds}; the rule for 'no answer' follows."),
    "busy": _("{who} was busy; the rule for 'busy' follows."),
    "declined": _("{who} declined the call; the rule for 'busy' follows."),
    "not_registered": _("{who} had no device registered; the rule for 'not registered' follows."),
    "failed": _("{who} could not be called (SIP {status})."),
    "held": _("{who} put the call on hold."),
    "resumed": _("{who} took the call off hold."),
    "replaced": _("The call was taken over by {who}."),
    "hung_up": _("{who} hung up."),
    "caller_gave_up": _("The caller hung up after {seconds:seconds}."),
    "vanished": _("{who} sent no sound and no answer any more; the call was ended."),
    "ended_by_command": _("The call was ended by a command."),
    "full": _("The exchange is full."),
    "error": _("Something went wrong in the exchange: {detail}."),
    "lost": _("The call was lost because the media node {node} stopped."),
    # transfer
    "transferred": _("{who} transferred the call to {number}."),
    "transfer_failed": _("The transfer to {number} failed; the call went back to {who}."),
    "transfer_joined": _("{who} joined the other two (attended transfer)."),
}
