"""Calls to internal numbers: extensions with their rules, ring groups, departments, receptionists."""

from __future__ import annotations

from collections.abc import Sequence

from telephony.routing import opening, outbound
from telephony.routing.destination import VOICEMAIL, Destination
from telephony.routing.entries import DepartmentEntry, ExtensionEntry, GroupEntry, Mobile
from telephony.routing.forwarding import rings, rule_after, rule_before_ringing, spell
from telephony.routing.outbound_rules import Refusal
from telephony.routing.steps import Note, Reason, Refuse, Ring, Service, Step, Steps
from telephony.routing.trail import MOST_HOPS, Trail

Args = dict[str, str | int]

FORKS = 4  # forwardings after which a call has no second way any more


def reach(trail: Trail, number: str) -> Steps | None:
    """The steps for a call to an internal number; None when nobody has it."""
    if entry := trail.directory.extensions.get(number):
        return _reach_extension(trail, entry)
    return reach_system(trail, number)


def reach_system(trail: Trail, number: str) -> Steps | None:
    """The steps for a call to a number that is no person's; None when there is none."""
    directory = trail.directory
    if not (
        number in directory.groups
        or number in directory.departments
        or number in directory.receptionists
        or number in directory.services
    ):
        return None
    if obstacle := trail.obstacle(number):
        return trail.give_up(obstacle)
    if group := directory.groups.get(number):
        return _reach_group(trail, group)
    if department := directory.departments.get(number):
        return _reach_department(trail, department)
    if entry := directory.services.get(number):
        return (Service(entry.service, Reason(entry.reason, {"number": number}), number),)
    return (Service("receptionist", Reason("receptionist", {"number": number}), number),)


def follow(trail: Trail, destination: Destination, owner: str) -> Steps:
    """The steps for a call that a rule sends on; `owner` is the extension whose rule it is, or ""."""
    if destination.kind == "voicemail":
        return (trail.take_message(destination.target or owner),)
    if destination.kind == "busy":
        return (Refuse(486, "nobody_answers", Reason("busy_tone")),)
    trail = trail.hop()
    steps: Steps | None = None
    if destination.kind == "extension":
        steps = reach(trail, destination.target)
    elif destination.kind == "system":
        steps = reach_system(trail, destination.target)
    elif destination.kind in ("outside", "mobile"):
        mobile = destination.kind == "mobile"
        number = trail.presence(owner).mobile if mobile else destination.target
        if number and trail.hops > MOST_HOPS:
            steps = trail.give_up(Reason("too_many_hops", {"number": number, "hops": MOST_HOPS}))
        elif number:
            if ours := outbound.our_number(trail, number):
                notes, onward = outbound.leads_to(trail, ours, number)
                steps = (*notes, *follow(trail, onward, owner))
            else:
                steps = outbound.forward(trail, number, owner, mobile)
    if steps is None:
        nowhere = Note(Reason("rule_nowhere", {"rule": spell(destination)}))
        steps = (nowhere, trail.take_message(owner or trail.first))
    return steps


def _reach_extension(trail: Trail, entry: ExtensionEntry) -> Steps:
    number = entry.number
    if obstacle := trail.obstacle(number):
        return trail.give_up(obstacle)
    if number in trail.request.parties:
        # Nobody rings themselves: their own number is their own mailbox.
        return (trail.take_message(number),)
    trail = trail.through(number)
    if found := rule_before_ringing(trail, entry):
        reason, destination = found
        return (Note(reason), *follow(trail, destination, number))
    return _ring(trail, entry)


def _ring(trail: Trail, entry: ExtensionEntry) -> Steps:
    """Ring it; then comes what its owner wants for no answer, or for busy and not registered."""
    number, seconds, source = entry.number, entry.ring_seconds, trail.request.source
    mobiles, notes = _mobiles(trail, entry)
    after, instead = rule_after(trail, number, "no_answer"), rule_after(trail, number, "unavailable")
    then = follow(trail, after, number)
    unavailable: Steps | None = None
    if instead != VOICEMAIL:
        rule = {"extension": number, "source": source, "rule": spell(instead)}
        tail = then if instead == after else _second_way(trail, instead, number)
        unavailable = (Note(Reason("unavailable_rule", rule)), *tail)
    elif after != VOICEMAIL:
        unavailable = (trail.take_message(number),)
    if after != VOICEMAIL:
        rule = {"extension": number, "source": source, "rule": spell(after)}
        then = (Note(Reason("no_answer_rule", rule)), *then)
    reason = Reason("ring_extension", {"extension": number, "seconds": seconds})
    return (*notes, Ring((number,), seconds, reason, mobiles, unavailable), *then)


def _second_way(trail: Trail, destination: Destination, number: str) -> Steps:
    """What follows instead. Late in a chain a way of its own ends in voicemail: each one doubles the plan."""
    if trail.hops < FORKS or destination.kind in ("voicemail", "busy"):
        return follow(trail, destination, number)
    return (Note(Reason("too_many_ways", {"hops": trail.hops})), trail.take_message(number))


def _mobiles(trail: Trail, entry: ExtensionEntry) -> tuple[tuple[Mobile, ...], Steps]:
    """The mobile to ring beside the phones, and what the story has to say about it."""
    presence = trail.presence(entry.number)
    if not (presence.ring_mobile and presence.mobile):
        return (), ()
    extension = {"extension": entry.number}
    if outbound.is_caller(trail, presence.mobile) or outbound.our_number(trail, presence.mobile):
        return (), (Note(Reason("mobile_is_caller", extension)),)
    if came_back := outbound.comes_back(trail, presence.mobile):
        return (), (Note(Reason("mobile_refused", extension)), Note(came_back))
    found = outbound.lines(trail, presence.mobile, payer=entry.number)
    if isinstance(found, Refusal):
        return (), (Note(Reason("mobile_refused", extension)), Note(Reason(found.code, found.args)))
    mobile = Mobile(entry.number, found.number, found.lines)
    return (mobile,), (Note(Reason("mobile_too", extension)),)


def _reach_group(trail: Trail, group: GroupEntry) -> Steps:
    trail = trail.through(group.number)
    members, notes = _who_rings(trail, group.members)
    batches: Sequence[tuple[str, ...]] = ()
    if members:
        batches = [(member,) for member in members] if group.in_order else [members]
    steps: list[Step] = [*notes]
    for batch in batches:
        args: Args = {"group": group.number, "extensions": ", ".join(batch), "seconds": group.ring_seconds}
        steps.append(Ring(batch, group.ring_seconds, Reason("ring_group", args)))
    if group.voicemail_of:
        return (*steps, trail.take_message(group.voicemail_of))
    return (*steps, Refuse(480, "nobody_answers", Reason("group_ends", {"group": group.number})))


def _reach_department(trail: Trail, department: DepartmentEntry) -> Steps:
    trail = trail.through(department.number)
    about = {"department": department.number, "rule": spell(department.closed)}
    then = follow(trail, department.closed, "")
    verdict = opening.look(department.hours or trail.directory.hours, trail.request.at)
    if not verdict.open:
        why = Note(Reason(verdict.code, dict(verdict.args)))
        return (why, Note(Reason("department_closed", about)), *then)
    members, notes = _who_rings(trail, department.members)
    steps: list[Step] = [*notes]
    if members:
        args: Args = {
            "department": department.number,
            "extensions": ", ".join(members),
            "seconds": department.ring_seconds,
        }
        steps.append(Ring(members, department.ring_seconds, Reason("ring_department", args)))
    return (*steps, Note(Reason("department_unanswered", about)), *then)


def _who_rings(trail: Trail, numbers: Sequence[str]) -> tuple[tuple[str, ...], Steps]:
    """The members that a call may ring, and a note about those that it may not."""
    members = tuple(number for number in numbers if rings(trail, number))
    others = [
        number
        for number in numbers
        if number not in members
        and number not in trail.request.parties
        and number in trail.directory.extensions
    ]
    if not others:
        return members, ()
    return members, (Note(Reason("not_rung", {"extensions": ", ".join(others)})),)
