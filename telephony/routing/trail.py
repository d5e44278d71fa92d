"""How a call came to where it is: what it passed, so that it never goes round, and never back to the caller."""

from __future__ import annotations

from dataclasses import dataclass, replace

from telephony.routing.directory import Directory
from telephony.routing.entries import REACHABLE, PresenceEntry
from telephony.routing.steps import Note, Reason, Refuse, Request, Step, Steps, Voicemail

MOST_HOPS = 8


@dataclass(frozen=True, slots=True)
class Trail:
    """A call on its way. `first` is the first extension that it came to, "" as long as there is none."""

    directory: Directory
    request: Request
    first: str = ""
    passed: tuple[str, ...] = ()
    hops: int = 0

    def through(self, number: str) -> Trail:
        """The trail with `number` passed."""
        first = self.first or (number if number in self.directory.extensions else "")
        return replace(self, first=first, passed=(*self.passed, number))

    def hop(self) -> Trail:
        """The trail one forwarding further."""
        return replace(self, hops=self.hops + 1)

    def presence(self, extension: str) -> PresenceEntry:
        """How an extension can be reached."""
        return self.directory.presence.get(extension, REACHABLE)

    def obstacle(self, number: str) -> Reason | None:
        """Why the call cannot go to this internal number, or None."""
        if self.hops and number in self.request.parties:
            return Reason("rings_caller", {"number": number})
        if number in self.passed:
            return Reason("loop_found", {"number": number, "passed": ", ".join(self.passed)})
        if self.hops > MOST_HOPS:
            return Reason("too_many_hops", {"number": number, "hops": MOST_HOPS})
        return None

    def give_up(self, reason: Reason) -> Steps:
        """The end for a call that goes round: the voicemail of the extension that was called first."""
        return (Note(reason), self.take_message(self.first))

    def take_message(self, extension: str) -> Step:
        """Voicemail of `extension`; without a mailbox, or with "" for nobody, the call is not answered."""
        if not extension:
            return Refuse(480, "nobody_answers", Reason("nobody_left"))
        entry = self.directory.extensions.get(extension)
        if entry and entry.voicemail:
            return Voicemail(extension, Reason("to_voicemail", {"extension": extension}))
        return Refuse(0, "nobody_answers", Reason("no_voicemail", {"extension": extension}))
