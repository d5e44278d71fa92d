"""Who rings when somebody calls somebody."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.engine.sip import escaped, read_invitation
from telephony.routing import (
    Note,
    Plan,
    Refuse,
    Request,
    Ring,
    RingOutside,
    Service,
    Voicemail,
    plan,
)
from telephony.routing.destination import Destination
from telephony.routing.directory import Directory
from telephony.routing.entries import ExtensionEntry, GroupEntry, InboundEntry, TrunkEntry
from telephony.routing.outbound_rules import Outbound
from telephony.routing.phone_numbers import clean
from telephony.sound.speech import prompts

DID = "+31201234567"
NOON = datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.UTC)
TRUNK = TrunkEntry(7, "Lijn", "sip.example.org", 5060, DID, "", "")


def extension(number: str, voicemail: bool = True) -> ExtensionEntry:
    return ExtensionEntry(number, f"Person-{number}", "nl", 20, voicemail, record=False)


def group(number: str, *members: str, in_order: bool = False, voicemail_of: str = "") -> GroupEntry:
    return GroupEntry(number, f"Group-{number}", members, 15, in_order, voicemail_of)


def inbound(numbers: dict[str, str]) -> dict[str, InboundEntry]:
    return {
        number: InboundEntry(number, Destination("system" if target[0] == "6" else "extension", target))
        for number, target in numbers.items()
    }


def asked(caller: str, dialled: str, trunk: int | None = None) -> Request:
    return Request(caller, dialled, trunk, at=NOON)


COMPANY = Directory(
    extensions={
        "100": extension("100"),
        "101": extension("101"),
        "102": extension("102", voicemail=False),
        "103": extension("103"),
    },
    groups={
        "600": group("600", "100", "101", "102", voicemail_of="101"),
        "601": group("601", "100", "101", in_order=True),
        "602": group("602"),
        "603": group("603", "100", voicemail_of="102"),
    },
    trunks=(TRUNK,),
    inbound=inbound({DID: "101", "+31207654321": "600", "+31200000000": "555", "+31201111111": "999"}),
    outbound=Outbound(trunks=(TRUNK,)),
)


def told(a_plan: Plan) -> str:
    """A plan in one line: what happens, step by step."""
    words = []
    for step in a_plan.steps:
        match step:
            case Ring():
                words.append(f"ring {'+'.join(step.extensions)} {step.seconds}")
            case RingOutside():
                words.append(f"outside {step.number} by {','.join(line.trunk.name for line in step.lines)}")
            case Voicemail():
                words.append(f"message {step.extension}")
            case Service():
                words.append(step.name)
            case Refuse():
                words.append(f"refuse {step.status} {step.prompt}")
    return ", ".join(words)


@pytest.mark.parametrize(
    ("caller", "dialled", "expected"),
    [
        # an extension rings, then its voicemail takes over
        ("100", "101", "ring 101 20, message 101"),
        ("100", "102", "ring 102 20, refuse 0 nobody_answers"),
        ("100", " 10-1 ", "ring 101 20, message 101"),
        # who calls their own number reaches their own mailbox
        ("101", "101", "message 101"),
        ("102", "102", "refuse 0 nobody_answers"),
        # ring groups: all at once or one after another, never the caller
        ("103", "600", "ring 100+101+102 15, message 101"),
        ("100", "600", "ring 101+102 15, message 101"),
        ("103", "601", "ring 100 15, ring 101 15, refuse 480 nobody_answers"),
        ("100", "601", "ring 101 15, refuse 480 nobody_answers"),
        ("100", "602", "refuse 480 nobody_answers"),
        ("100", "603", "refuse 0 nobody_answers"),
        # services
        ("100", "999", "menu"),
        ("100", "*43", "echo"),
        ("100", "*4101", "message 101"),
        ("100", "*4102", "refuse 404 unknown_number"),
        ("100", "*4555", "refuse 404 unknown_number"),
        # numbers outside
        ("100", "0201234568", "outside +31201234568 by Lijn, refuse 0 no_line"),
        ("100", "+31 (20) 123.45-68", "outside +31201234568 by Lijn, refuse 0 no_line"),
        # a number of ours, which need not leave and come back
        ("100", "0201234567", "ring 101 20, message 101"),
        ("100", "+31 (20) 123.45-67", "ring 101 20, message 101"),
        ("101", "0201234567", "message 101"),
        ("100", "112", "outside 112 by Lijn, refuse 0 no_line"),
        # nonsense
        ("100", "555", "refuse 404 unknown_number"),
        ("100", "", "refuse 404 unknown_number"),
        ("100", "+", "refuse 404 unknown_number"),
        ("100", "00000000000000000000000000", "refuse 404 unknown_number"),
        ("100", "٣٤٥٦٧٨٩", "refuse 404 unknown_number"),
        ("100", "101\n", "ring 101 20, message 101"),
        ("100", "*4101;*4102", "refuse 404 unknown_number"),
    ],
)
def test_who_is_called_from_inside(caller: str, dialled: str, expected: str) -> None:
    assert told(plan(COMPANY, asked(caller, dialled))) == expected


@pytest.mark.parametrize(
    ("dialled", "expected"),
    [
        (DID, "ring 101 20, message 101"),
        ("31201234567", "ring 101 20, message 101"),
        ("0031201234567", "ring 101 20, message 101"),
        ("+31207654321", "ring 100+101+102 15, message 101"),
        ("+31200000000", "refuse 404 unknown_number"),
        # an outside caller reaches our numbers and nothing else: no extension, no service, no other line
        ("+31201111111", "refuse 404 unknown_number"),
        ("101", "refuse 404 unknown_number"),
        ("999", "refuse 404 unknown_number"),
        ("*43", "refuse 404 unknown_number"),
        ("*4101", "refuse 404 unknown_number"),
        ("112", "refuse 404 unknown_number"),
        ("0900123456", "refuse 404 unknown_number"),
    ],
)
def test_who_is_called_from_outside(dialled: str, expected: str) -> None:
    assert told(plan(COMPANY, asked("+49301234567", dialled, trunk=7))) == expected


def test_an_outside_caller_who_says_to_be_an_extension_is_not_taken_for_it() -> None:
    assert told(plan(COMPANY, asked("101", DID, trunk=7))) == "ring 101 20, message 101"
    assert told(plan(COMPANY, asked("100", "+31207654321", trunk=7))).startswith("ring 100+101+102")


def test_an_emergency_number_goes_out_whatever_is_called_like_it() -> None:
    odd = Directory({"112": extension("112")}, {}, (TRUNK,), outbound=Outbound(trunks=(TRUNK,)))
    assert told(plan(odd, asked("100", "112"))).startswith("outside 112")


def test_without_a_trunk_outside_numbers_are_refused_at_once() -> None:
    alone = Directory(COMPANY.extensions, COMPANY.groups)
    for number in ("112", "0201234567"):
        assert told(plan(alone, asked("100", number))) == "refuse 503 no_line"


# --- whatever the directory and whoever calls

NUMBERS = st.sampled_from(["100", "101", "102", "103", "104"])
GROUPS = st.sampled_from(["600", "601", "602"])


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    extensions = {
        number: extension(number, voicemail=draw(st.booleans())) for number in draw(st.sets(NUMBERS))
    }
    groups = {
        number: group(
            number,
            *draw(st.lists(NUMBERS, unique=True, max_size=5)),
            in_order=draw(st.booleans()),
            voicemail_of=draw(st.one_of(st.just(""), NUMBERS)),
        )
        for number in draw(st.sets(GROUPS))
    }
    trunks = (TRUNK,) if draw(st.booleans()) else ()
    numbers = draw(st.dictionaries(st.just(DID), st.one_of(NUMBERS, GROUPS, st.just("999"))))
    return Directory(extensions, groups, trunks, inbound(numbers), outbound=Outbound(trunks=trunks))


DIALLED = st.one_of(
    NUMBERS,
    GROUPS,
    st.sampled_from([DID, "999", "*43", "*4100", "*4101", "112", "0201234567", "0031201234567"]),
    st.text(max_size=30),
    st.from_regex(r"[0-9*#+]{0,20}", fullmatch=True),
)
REQUESTS = st.builds(
    Request,
    caller=st.one_of(NUMBERS, st.text(max_size=10)),
    dialled=DIALLED,
    trunk=st.one_of(st.none(), st.just(7)),
    at=st.just(NOON),
)


@given(directories(), REQUESTS)
def test_every_plan_comes_to_an_end(directory: Directory, request: Request) -> None:
    steps = plan(directory, request).steps
    assert isinstance(steps[-1], Voicemail | Service | Refuse)
    assert all(isinstance(step, Note | Ring | RingOutside) for step in steps[:-1])
    # Each extension once, or one call outside; a word about the number; then one last step.
    assert len(steps) <= max(len(directory.extensions), 1) + 2


@given(directories(), REQUESTS)
def test_nobody_is_rung_twice_or_by_their_own_call(directory: Directory, request: Request) -> None:
    rung = [
        number
        for step in plan(directory, request).steps
        if isinstance(step, Ring)
        for number in step.extensions
    ]
    assert len(rung) == len(set(rung))
    assert set(rung) <= set(directory.extensions)
    if request.trunk is None:
        assert request.caller not in rung


@given(directories(), REQUESTS)
def test_only_existing_mailboxes_take_messages_and_only_prompts_are_said(
    directory: Directory, request: Request
) -> None:
    last = plan(directory, request).steps[-1]
    if isinstance(last, Voicemail):
        assert directory.extensions[last.extension].voicemail
    if isinstance(last, Refuse):
        assert last.prompt in prompts()
        assert last.status == 0 or 400 <= last.status <= 699


@given(directories(), DIALLED, st.text(max_size=10))
def test_an_outside_caller_reaches_no_line_and_no_service_and_learns_no_names(
    directory: Directory, dialled: str, caller: str
) -> None:
    found = plan(directory, asked(caller, dialled, trunk=7))
    assert not any(isinstance(step, RingOutside | Service) for step in found.steps)
    if clean(dialled).lstrip("+0") not in DID:
        assert isinstance(found.steps[0], Refuse)
    assert "Person-" not in repr(found)
    assert "Group-" not in repr(found)


@given(st.text(max_size=40))
def test_a_number_is_the_same_with_and_without_separators(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert not any(letter.isspace() for letter in clean(text))


@pytest.mark.parametrize(
    "dialled",
    [
        "+31 (0)20 123 45 67",
        "+31(0)20-1234567",
        "+31 20\u2011123\u201145\u201167",
        "020\u2011123\u201145\u201167",
        "020\u00a0123 45 67",
        "020/123.45.67",
    ],
)
def test_a_number_is_understood_as_people_write_it_when_a_phone_dials_it(dialled: str) -> None:
    user = escaped(dialled)
    invitation = read_invitation(f"INVITE sip:{user}@exchange SIP/2.0\r\nX-Kiestoon-Extension: 100\r\n\r\n")
    company = Directory(
        extensions={"100": extension("100"), "101": extension("101")}, inbound=inbound({DID: "101"})
    )
    rings = [step for step in plan(company, asked("100", invitation.dialled)).steps if isinstance(step, Ring)]
    assert [step.extensions for step in rings] == [("101",)]
