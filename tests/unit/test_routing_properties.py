"""What holds for every plan, whoever calls, whatever people have set: 2,000 plans for each property."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.calls.simulate import SimulationError, simulate
from telephony.calls.story import tell_step
from telephony.extensions.destinations import Kind
from telephony.routing import (
    MOST_HOPS,
    Note,
    Plan,
    Refuse,
    Request,
    Ring,
    RingOutside,
    Service,
    Step,
    Voicemail,
    every_path,
    every_step,
    phone_numbers,
    plan,
    towards,
)
from telephony.routing.destination import Destination
from telephony.routing.directory import Directory
from telephony.routing.entries import (
    DepartmentEntry,
    ExceptionEntry,
    GroupEntry,
    InboundEntry,
    PresenceEntry,
    ReceptionistEntry,
)
from telephony.routing.forwarding import AVAILABLE, status_now
from telephony.routing.internal import FORKS
from telephony.routing.opening import Hours, Span
from telephony.routing.outbound_rules import Outbound, Usage
from telephony.routing.phone_numbers import clean
from telephony.sound.speech import prompts
from tests.rig.directories import DID, OFFICE, OUTSIDER, TRUNK, person

PLANS = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PEOPLE = ("100", "101", "102", "103", "104")
GROUPS, DEPARTMENTS, RECEPTIONISTS = ("600", "601"), ("800", "801"), ("900", "901")
OTHER_DID = "+31207654321"
MOBILES = (OUTSIDER, "+31687654321")
OUTSIDE = (*MOBILES, DID, "0207654321", "+3614567890", "0900123456", "112", "nonsense")
STATUSES = ("available", "available", "available", "away", "dnd", "lunch", "holiday")
# What an outside caller may hear when the call ends: nothing about anybody's rules.
HARMLESS = {"unknown_number", "nobody_answers"}

# Two ways at each of the first forwardings, and then a chain.
MOST_STEPS = 2**FORKS * 4 * (MOST_HOPS + 2)

ALL_NUMBERS = (*PEOPLE, *GROUPS, *DEPARTMENTS, *RECEPTIONISTS, "199", "")
MONDAY = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
WEEK = 7 * 24 * 60  # minutes
MOMENTS = st.integers(0, WEEK).map(lambda minutes: MONDAY + datetime.timedelta(minutes=minutes))
SLOTS = [
    (status, source, case)
    for source in ("internal", "external")
    for status, case in (
        ("available", "no_answer"),
        ("available", "unavailable"),
        *((status, "always") for status in ("away", "dnd", "lunch", "holiday")),
    )
]


class Company:
    """A company in which anything may be set, the impossible too.

    Made from one number: drawing each setting apart took hypothesis a hundred times as long as the plans.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, numbers: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(self.random.sample(numbers, self.random.randint(0, most)))

    def destination(self) -> Destination:
        kind = self.pick(["voicemail", "extension", "extension", "system", "outside", *Kind.values])
        targets = {
            "voicemail": ("", "", "101", "199"),
            "extension": PEOPLE,
            "system": (*GROUPS, *DEPARTMENTS, *RECEPTIONISTS),
            "outside": OUTSIDE,
        }
        return Destination(kind, self.pick(ALL_NUMBERS if self.chance(0.1) else targets.get(kind, ("",))))

    def exception(self) -> ExceptionEntry:
        return ExceptionEntry(
            self.destination(),
            self.pick(["", "anonymous", OUTSIDER, "100", "06*", "1*", "*"]),
            self.pick(["", "0", "0123456"]),
            self.pick([None, datetime.time(9), datetime.time(22)]),
            self.pick([None, datetime.time(17), datetime.time(6)]),
        )

    def presence(self) -> PresenceEntry:
        slots = self.random.sample(SLOTS, self.random.randint(0, 8))
        until = MONDAY + datetime.timedelta(minutes=self.random.randint(0, WEEK))
        return PresenceEntry(
            status=self.pick(STATUSES),
            until=until if self.chance(0.5) else None,
            spans=self.pick([None, None, (Span(0, datetime.time(9), datetime.time(17)),)]),
            mobile=self.pick(["", *MOBILES]),
            ring_mobile=self.chance(0.5),
            accept_multiple=self.chance(0.7),
            closed_to_voicemail=self.chance(0.5),
            forwardings={slot: self.destination() for slot in slots},
            exceptions=tuple(self.exception() for _each in range(self.pick([0, 0, 0, 1, 2]))),
        )

    def receptionist(self, number: str) -> ReceptionistEntry:
        maybe = [self.destination() if self.chance(0.5) else None for _way in range(3)]
        return ReceptionistEntry(
            number,
            f"Desk-{number}",
            keys={key: self.destination() for key in self.some("012*", 4)},
            name_key=self.pick(["", "9"]),
            closed=maybe[0],
            silent=maybe[1],
            wrong=maybe[2],
        )

    def directory(self) -> Directory:
        """All of it."""
        trunks = (TRUNK,) if self.chance(0.8) else ()
        members = (*PEOPLE, "199")
        return Directory(
            extensions={
                number: person(number, voicemail=self.chance(0.8), hours=self.pick([None, OFFICE]))
                for number in PEOPLE
                if self.chance(0.9)
            },
            groups={
                number: GroupEntry(
                    number,
                    f"Group-{number}",
                    self.some(members, 4),
                    15,
                    self.chance(0.5),
                    self.pick(["", "101", "199"]),
                )
                for number in GROUPS
            },
            trunks=trunks,
            outbound=Outbound(trunks=trunks, calls=self.pick([None, None, 1])),
            inbound={
                number: InboundEntry(
                    number, self.destination(), self.destination() if self.chance(0.5) else None
                )
                for number in (DID, OTHER_DID)
            },
            presence={number: self.presence() for number in PEOPLE if self.chance(0.8)},
            departments={
                number: DepartmentEntry(
                    number, f"Department-{number}", self.some(members, 4), 15, self.destination()
                )
                for number in DEPARTMENTS
            },
            receptionists={number: self.receptionist(number) for number in RECEPTIONISTS},
            hours=self.pick([OFFICE, Hours()]),
        )


DIRECTORIES = st.integers(0, 2**48).map(lambda seed: Company(seed).directory())
DESTINATIONS = st.integers(0, 2**48).map(lambda seed: Company(seed).destination())


BUSY = st.frozensets(st.sampled_from(PEOPLE))
USAGE = st.sampled_from([None, Usage(calls=1)])
INSIDE = st.builds(
    Request,
    caller=st.sampled_from(PEOPLE),
    dialled=st.sampled_from((*PEOPLE, *GROUPS, *DEPARTMENTS, *RECEPTIONISTS)),
    at=MOMENTS,
    busy=BUSY,
    usage=USAGE,
)
ANY_INSIDE = st.builds(
    Request,
    caller=st.sampled_from(PEOPLE),
    dialled=st.one_of(
        st.sampled_from((*OUTSIDE, "999", "*31", "*8", "*8101", "*4101", "700")), st.text(max_size=12)
    ),
    at=MOMENTS,
    busy=BUSY,
    usage=USAGE,
)
FROM_OUTSIDE = st.builds(
    Request,
    caller=st.sampled_from((OUTSIDER, "anonymous", "", "100", "101", "+442071234567")),
    dialled=st.sampled_from((DID, OTHER_DID, "0031201234567", "101", "600", "999", "*31", "112")),
    trunk=st.just(7),
    at=MOMENTS,
    busy=BUSY,
    usage=USAGE,
)
TRANSFERRED = st.builds(
    Request,
    caller=st.sampled_from((OUTSIDER, "anonymous", "", "100", "102")),
    dialled=st.sampled_from((*PEOPLE, *GROUPS, *DEPARTMENTS, *RECEPTIONISTS)),
    trunk=st.sampled_from((0, 7)),
    by=st.sampled_from(PEOPLE),
    at=MOMENTS,
    busy=BUSY,
    usage=USAGE,
)
COLLEAGUE_TRANSFERRED = st.builds(
    Request,
    caller=st.sampled_from(PEOPLE),
    dialled=st.sampled_from((*PEOPLE, *GROUPS, *DEPARTMENTS, *RECEPTIONISTS)),
    by=st.sampled_from(PEOPLE),
    at=MOMENTS,
    busy=BUSY,
    usage=USAGE,
)
REQUESTS = st.one_of(INSIDE, FROM_OUTSIDE, ANY_INSIDE, TRANSFERRED, COLLEAGUE_TRANSFERRED)


def reasons(found: Plan) -> list[tuple[str, dict[str, str | int]]]:
    return [(step.reason.code, dict(step.reason.args)) for step in every_step(found.steps)]


@given(DIRECTORIES, REQUESTS)
@PLANS
def test_every_way_through_a_plan_ends_in_a_service_a_message_or_a_refusal(
    directory: Directory, request: Request
) -> None:
    for path in every_path(plan(directory, request).steps):
        assert isinstance(path[-1], Voicemail | Service | Refuse)
        assert all(isinstance(step, Note | Ring | RingOutside) for step in path[:-1])


@given(DIRECTORIES, REQUESTS)
@PLANS
def test_every_plan_is_finite_and_small(directory: Directory, request: Request) -> None:
    steps = plan(directory, request).steps
    assert len(list(every_step(steps))) <= MOST_STEPS
    for path in every_path(steps):
        rings = [step for step in path if isinstance(step, Ring)]
        # Each hop rings somebody, or the members of a group one after the other.
        assert len(rings) <= MOST_HOPS + 1 + len(PEOPLE) * len(GROUPS)
        assert sum(isinstance(step, RingOutside) for step in path) <= 1


@given(DIRECTORIES, st.one_of(INSIDE, FROM_OUTSIDE, TRANSFERRED, COLLEAGUE_TRANSFERRED))
@PLANS
def test_no_plan_rings_the_caller(directory: Directory, request: Request) -> None:
    """Nor who transfers the call: neither their extension nor the mobile of theirs, or the number they call from."""
    outside = request.trunk is not None
    people = {request.by} if outside else {request.by, request.caller}
    numbers = {directory.presence[number].mobile for number in people if number in directory.presence}
    numbers = {number for number in (*numbers, request.caller if outside else "") if number}
    for step in every_step(plan(directory, request).steps):
        if isinstance(step, Ring):
            assert not people & set(step.extensions)
        for called in called_outside(step):
            assert not any(phone_numbers.same(called, number, "NL") for number in numbers)


def called_outside(step: Step) -> list[str]:
    """The outside numbers that a step calls."""
    if isinstance(step, RingOutside):
        return [step.number]
    return [beside.number for beside in step.mobiles] if isinstance(step, Ring) else []


@given(DIRECTORIES, REQUESTS)
@PLANS
def test_only_who_is_available_and_exists_is_rung(directory: Directory, request: Request) -> None:
    for step in every_step(plan(directory, request).steps):
        if isinstance(step, Voicemail):
            assert directory.extensions[step.extension].voicemail
        if not isinstance(step, Ring):
            continue
        assert step.extensions and len(set(step.extensions)) == len(step.extensions)
        for number in step.extensions:
            assert number in directory.extensions
            presence = directory.presence.get(number, PresenceEntry())
            assert status_now(presence, request.at) == AVAILABLE
            assert presence.accept_multiple or number not in request.busy


@given(DIRECTORIES, FROM_OUTSIDE)
@PLANS
def test_an_outside_caller_learns_nothing_of_the_rules(directory: Directory, request: Request) -> None:
    found = plan(directory, request)
    for step in every_step(found.steps):
        if isinstance(step, Refuse):
            assert step.prompt in HARMLESS
            assert step.status in (0, 404, 480, 486)
        if isinstance(step, Service):
            assert step.name == "receptionist"
    told = repr(found.steps)
    assert not any(word in told for word in ("Person-", "Group-", "Department-", "Desk-"))
    if clean(request.dialled) not in (DID, OTHER_DID, "0031201234567"):
        assert isinstance(found.steps[0], Refuse)


@given(DIRECTORIES, FROM_OUTSIDE, DESTINATIONS)
@PLANS
def test_nor_where_a_receptionist_sends_them(
    directory: Directory, request: Request, destination: Destination
) -> None:
    steps = towards(directory, request, destination).steps
    for path in every_path(steps):
        assert isinstance(path[-1], Voicemail | Service | Refuse)
    assert all(step.prompt in HARMLESS for step in every_step(steps) if isinstance(step, Refuse))


@given(DIRECTORIES, st.one_of(FROM_OUTSIDE, TRANSFERRED))
@PLANS
def test_neither_a_transfer_nor_a_false_number_makes_an_internal_caller_of_who_is_outside(
    directory: Directory, request: Request
) -> None:
    """Take all rules for colleagues away, exceptions too: nothing is different."""
    presence = {
        number: dataclasses.replace(
            entry,
            forwardings={slot: to for slot, to in entry.forwardings.items() if slot[1] == "external"},
            exceptions=tuple(rule for rule in entry.exceptions if rule.caller not in ("100", "1*")),
        )
        for number, entry in directory.presence.items()
    }
    without = dataclasses.replace(directory, presence=presence)
    found = plan(directory, request)
    assert plan(without, request) == found
    for step in every_step(found.steps):
        assert step.reason.args.get("source", "external") == "external"
        if isinstance(step, Refuse):
            assert step.prompt in HARMLESS


@given(DIRECTORIES, REQUESTS)
@PLANS
def test_every_step_can_be_told_in_both_languages(directory: Directory, request: Request) -> None:
    for code, args in reasons(plan(directory, request)):
        dutch, english = (tell_step({"code": code, "args": args}, language) for language in ("nl", "en"))
        assert code not in (dutch, english)
        assert dutch != english


@given(DIRECTORIES, REQUESTS)
@PLANS
def test_the_same_question_has_the_same_answer_and_only_known_prompts(
    directory: Directory, request: Request
) -> None:
    found = plan(directory, request)
    assert found == plan(directory, request)
    for step in every_step(found.steps):
        if isinstance(step, Refuse):
            assert step.prompt in prompts()
            assert step.status == 0 or 400 <= step.status <= 699


@given(DIRECTORIES, MOMENTS, st.sampled_from((*PEOPLE, OUTSIDER, "anonymous", "x")), st.text(max_size=8))
@PLANS
def test_a_simulation_tells_a_plan_or_says_what_is_wrong(
    directory: Directory, at: datetime.datetime, caller: str, called: str
) -> None:
    for number in (called, "101"):
        try:
            steps = simulate(caller, number, at, directory)
        except SimulationError as error:
            assert str(error)
            continue
        assert steps[-1].kind in ("message", "service", "refuse")
        assert all(step.text("nl") and step.text("en") for step in steps)


def fan(length: int) -> Directory:
    """Everybody forwards to two others, by turns: the most ways that a plan can have."""
    numbers = [str(200 + place) for place in range(length)]
    presence = {}
    for place, number in enumerate(numbers):
        one, two = numbers[(place + 1) % length], numbers[(place + 2) % length]
        presence[number] = PresenceEntry(
            forwardings={
                ("available", "internal", "no_answer"): Destination("extension", one),
                ("available", "internal", "unavailable"): Destination("extension", two),
            }
        )
    return Directory({number: person(number) for number in numbers}, presence=presence)


def test_the_widest_plan_is_bounded() -> None:
    steps = plan(fan(40), Request("100", "200", at=MONDAY)).steps
    assert len(list(every_step(steps))) <= MOST_STEPS
    assert all(isinstance(path[-1], Voicemail) for path in every_path(steps))
