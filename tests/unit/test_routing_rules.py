"""Everybody's own rules: statuses, forwardings, exceptions, hours, departments, and calls that would go round."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace

import pytest

from pbxsite.instance import ROOT
from telephony.routing import Note, Refuse, RingOutside, Voicemail, every_step, plan, towards
from telephony.routing.codes import PICK_UP
from telephony.routing.directory import Directory
from telephony.routing.entries import DepartmentEntry, ExceptionEntry, InboundEntry, PresenceEntry
from telephony.routing.opening import Hours, Span
from telephony.routing.outbound_rules import Outbound, Usage
from tests.rig.directories import (
    BUSY,
    COMPANY,
    DID,
    FIVE,
    MOBILE,
    NINE,
    OFFICE,
    OUTSIDER,
    VOICEMAIL,
    WEDNESDAY_EVENING,
    WEDNESDAY_NOON,
    asked,
    ext,
    outside,
    person,
    present,
    system,
    told,
    with_presence,
)

AT_101 = "ring 101 20, message 101"
HERE = "0201112233"


def called(directory: Directory, at: datetime.datetime = WEDNESDAY_NOON, *busy: str) -> tuple[str, str]:
    """What happens to a call for 101: from 100, and from outside."""
    inside = plan(directory, asked("100", "101", at=at, busy=frozenset(busy)))
    external = plan(directory, asked(OUTSIDER, DID, 7, at, frozenset(busy)))
    return told(inside), told(external)


@pytest.mark.parametrize("status", ["away", "dnd", "lunch", "holiday"])
def test_on_any_status_but_available_the_user_is_not_rung(status: str) -> None:
    assert called(with_presence(x101=present(status))) == ("message 101", "message 101")


@pytest.mark.parametrize("status", ["away", "dnd", "lunch", "holiday"])
def test_each_status_has_its_own_forwarding_for_internal_and_external_callers(status: str) -> None:
    rules = {f"{status}_internal": ext("102"), f"{status}_external": BUSY}
    directory = with_presence(x101=present(status, **rules))
    assert called(directory) == ("ring 102 20, message 102", "refuse 486 nobody_answers")
    others = with_presence(x101=present("available", **rules))
    assert called(others) == (AT_101, AT_101)


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        (VOICEMAIL, "message 101"),
        (replace(VOICEMAIL, target="103"), "message 103"),
        (ext("102"), "ring 102 20, message 102"),
        (MOBILE, "outside +31687654321 by Lijn, message 101"),
        (outside("0207654321"), "outside +31207654321 by Lijn, message 101"),
        (system("600"), "ring 100+102 15, refuse 480 nobody_answers"),
        (system("800"), "ring 102 15, message 103"),
        (BUSY, "refuse 486 nobody_answers"),
    ],
)
def test_a_forwarding_leads_to_any_kind_of_destination(destination: object, expected: str) -> None:
    presence = present("away", mobile="+31687654321", away=destination)
    assert called(with_presence(x101=presence))[1] == expected


def test_who_is_transferred_keeps_the_rules_for_who_they_are() -> None:
    presence = present("away", away_internal=ext("102"), away_external=ext("103"))
    directory = with_presence(x101=presence)
    of_colleagues, of_outsiders = "ring 102 20, message 102", "ring 103 20, message 103"
    assert told(plan(directory, asked("102", "101", by="100"))) == "message 101"  # 102 itself is not rung
    assert told(plan(directory, asked("104", "101", by="100"))) == of_colleagues
    assert told(plan(directory, asked(OUTSIDER, "101", 7, by="100"))) == of_outsiders
    exception = ExceptionEntry(ext("102"), caller=OUTSIDER)
    directory = with_presence(x101=replace(presence, exceptions=(exception,)))
    assert told(plan(directory, asked(OUTSIDER, "101", 7, by="100"))) == of_colleagues
    assert told(plan(directory, asked("104", "101", by="100"))) == of_colleagues


def test_who_transfers_may_send_the_caller_to_all_they_can_dial_and_is_not_rung_themselves() -> None:
    out = plan(COMPANY, asked(OUTSIDER, "0207654321", 7, by="100"))
    assert told(out) == "outside +31207654321 by Lijn, refuse 0 no_line"
    assert [line.payer for step in out.steps if isinstance(step, RingOutside) for line in step.lines] == [
        "100"
    ]
    assert told(plan(COMPANY, asked(OUTSIDER, "100", 7, by="100"))) == "message 100"
    assert told(plan(COMPANY, asked(OUTSIDER, "600", 7, by="100"))) == (
        "ring 101+102 15, refuse 480 nobody_answers"
    )
    assert told(plan(COMPANY, asked(OUTSIDER, "600", 7))) == "refuse 404 unknown_number"


def test_no_answer_and_busy_or_not_registered_go_their_own_ways() -> None:
    presence = present(no_answer=ext("102"), unavailable=ext("103"))
    way = "ring 101 20 [ring 103 20, message 103], ring 102 20, message 102"
    assert called(with_presence(x101=presence)) == (way, way)


def test_where_one_of_the_two_is_not_set_it_is_voicemail() -> None:
    assert called(with_presence(x101=present(no_answer=ext("102"))))[0] == (
        "ring 101 20 [message 101], ring 102 20, message 102"
    )
    assert called(with_presence(x101=present(unavailable_external=BUSY))) == (
        AT_101,
        "ring 101 20 [refuse 486 nobody_answers], message 101",
    )


def test_the_same_rule_for_both_is_planned_once() -> None:
    steps = plan(
        with_presence(x101=present(no_answer=ext("102"), unavailable=ext("102"))), asked("100", "101")
    )
    assert told(steps) == "ring 101 20 [ring 102 20, message 102], ring 102 20, message 102"


# --- temporary statuses and hours


def test_a_temporary_status_is_over_to_the_second() -> None:
    directory = with_presence(x101=present("away", until=WEDNESDAY_NOON))
    second = datetime.timedelta(seconds=1)
    assert called(directory, WEDNESDAY_NOON - second)[0] == "message 101"
    assert called(directory, WEDNESDAY_NOON)[0] == AT_101


@pytest.mark.parametrize("status", ["away", "dnd", "holiday"])
def test_outside_office_hours_it_is_always_voicemail(status: str) -> None:
    directory = with_presence(x101=present(status, **{status: ext("102")}))
    assert called(directory)[1] == "ring 102 20, message 102"
    assert called(directory, WEDNESDAY_EVENING) == ("message 101", "message 101")


def test_but_not_when_that_switch_is_off_and_not_at_lunch() -> None:
    off = with_presence(x101=present("away", away=ext("102"), closed_to_voicemail=False))
    lunch = with_presence(x101=present("lunch", lunch=ext("102")))
    for directory in (off, lunch):
        assert called(directory, WEDNESDAY_EVENING)[1] == "ring 102 20, message 102"


def test_who_has_own_working_hours_is_out_of_office_outside_those() -> None:
    evening_shift = (Span(2, datetime.time(18), datetime.time(23)),)
    directory = with_presence(x101=present("away", away=ext("102"), spans=evening_shift))
    assert called(directory, WEDNESDAY_NOON)[1] == "message 101"
    assert called(directory, WEDNESDAY_EVENING)[1] == "ring 102 20, message 102"


def test_a_department_s_own_hours_count_for_its_people() -> None:
    late = Hours(zone=OFFICE.zone, spans=(Span(2, NINE, datetime.time(21)),))
    people = {**COMPANY.extensions, "101": person("101", hours=late)}
    directory = with_presence(replace(COMPANY, extensions=people), x101=present("away", away=ext("102")))
    assert called(directory, WEDNESDAY_EVENING)[1] == "ring 102 20, message 102"


def test_an_available_user_rings_outside_office_hours_too() -> None:
    assert called(with_presence(x101=present()), WEDNESDAY_EVENING) == (AT_101, AT_101)


# --- one call at a time, the mobile


def test_who_takes_one_call_at_a_time_is_busy_in_a_call() -> None:
    directory = with_presence(x101=present(accept_multiple=False, unavailable=ext("102")))
    assert called(directory, WEDNESDAY_NOON, "101")[0] == "ring 102 20, message 102"
    assert called(directory, WEDNESDAY_NOON, "100")[0].startswith("ring 101 20")
    several = with_presence(x101=present(unavailable=ext("102")))
    assert called(several, WEDNESDAY_NOON, "101")[0].startswith("ring 101 20")


def test_the_mobile_rings_at_the_same_time_and_asks_for_a_1() -> None:
    directory = with_presence(x101=present(mobile="+31687654321", ring_mobile=True))
    assert called(directory)[1] == "ring 101+mobile +31687654321 20, message 101"
    ring = next(step for step in plan(directory, asked("100", "101")).steps if hasattr(step, "mobiles"))
    assert ring.mobiles[0].confirm
    off = with_presence(x101=present(mobile="+31687654321"))
    assert called(off)[1] == AT_101


def test_a_mobile_that_calls_does_not_ring() -> None:
    directory = with_presence(x101=present(mobile=OUTSIDER, ring_mobile=True))
    assert called(directory)[1] == AT_101
    assert "mobile" in called(directory)[0]


def test_a_mobile_that_may_not_be_called_leaves_the_phones_to_ring() -> None:
    directory = with_presence(x101=present(mobile="+882161234567", ring_mobile=True))
    assert called(directory) == (AT_101, AT_101)


# --- exceptions


@pytest.mark.parametrize(
    ("exception", "applies"),
    [
        (ExceptionEntry(BUSY), True),
        (ExceptionEntry(BUSY, caller=OUTSIDER), True),
        (ExceptionEntry(BUSY, caller="06 12345678"), True),
        (ExceptionEntry(BUSY, caller="+316*"), True),
        (ExceptionEntry(BUSY, caller="06*"), True),
        (ExceptionEntry(BUSY, caller="00316*"), True),
        (ExceptionEntry(BUSY, caller="+3120*"), False),
        (ExceptionEntry(BUSY, caller="100"), False),
        (ExceptionEntry(BUSY, caller="anonymous"), False),
        (ExceptionEntry(BUSY, weekdays="2"), True),
        (ExceptionEntry(BUSY, weekdays="01"), False),
        (ExceptionEntry(BUSY, start=datetime.time(11), end=datetime.time(13)), True),
        (ExceptionEntry(BUSY, start=datetime.time(13), end=datetime.time(14)), False),
        (ExceptionEntry(BUSY, weekdays="1", start=datetime.time(22), end=datetime.time(13)), True),
        (ExceptionEntry(BUSY, caller=OUTSIDER, weekdays="3"), False),
    ],
)
def test_an_exception_by_caller_and_time_goes_before_all_other_rules(
    exception: ExceptionEntry, applies: bool
) -> None:
    for status in ("available", "dnd"):
        found = called(with_presence(x101=present(status, exception)))[1]
        assert (found == "refuse 486 nobody_answers") is applies


def test_the_first_exception_that_fits_counts() -> None:
    directory = with_presence(
        x101=present("available", ExceptionEntry(ext("103"), caller="100"), ExceptionEntry(ext("102")))
    )
    assert called(directory) == ("ring 103 20, message 103", "ring 102 20, message 102")


@pytest.mark.parametrize("caller", ["anonymous", "Anonymous", "", "unknown"])
def test_an_exception_for_anonymous_callers(caller: str) -> None:
    directory = with_presence(x101=present("available", ExceptionEntry(BUSY, caller="anonymous")))
    assert told(plan(directory, asked(caller, DID, 7))) == "refuse 486 nobody_answers"


@pytest.mark.parametrize("pattern", ["100", "1*", "10*"])
@pytest.mark.parametrize("by", ["", "102"])
def test_an_outside_caller_who_says_to_be_100_gets_no_colleagues_exception(pattern: str, by: str) -> None:
    directory = with_presence(x101=present("available", ExceptionEntry(BUSY, caller=pattern)))
    assert told(plan(directory, asked("100", "101"))) == "refuse 486 nobody_answers"
    assert told(plan(directory, asked("100", "101" if by else DID, 7, by=by))).startswith("ring 101")


# --- groups and departments


def test_a_group_rings_only_members_who_are_available_and_free() -> None:
    directory = with_presence(x100=present("lunch"), x101=present(accept_multiple=False))
    found = plan(directory, asked("103", "600", busy=frozenset({"101"})))
    assert told(found) == "ring 102 15, refuse 480 nobody_answers"
    assert [step.reason.args for step in found.steps if isinstance(step, Note)] == [
        {"extensions": "100, 101"}
    ]


def test_a_department_rings_everybody_and_is_closed_after_hours() -> None:
    assert told(plan(COMPANY, asked("100", "800"))) == "ring 101+102 15, message 103"
    assert told(plan(COMPANY, asked("100", "800", at=WEDNESDAY_EVENING))) == "message 103"


def test_a_department_has_hours_of_its_own() -> None:
    late = replace(
        COMPANY.departments["800"], hours=Hours(zone=OFFICE.zone, spans=(Span(2, NINE, datetime.time(21)),))
    )
    directory = replace(COMPANY, departments={"800": late})
    assert told(plan(directory, asked("100", "800", at=WEDNESDAY_EVENING))).startswith("ring 101+102")


def test_a_department_without_people_or_a_voicemail_says_that_nobody_answers() -> None:
    alone = DepartmentEntry("800", "Leeg", (), 15, VOICEMAIL)
    directory = replace(COMPANY, departments={"800": alone})
    assert told(plan(directory, asked("100", "800"))) == "refuse 480 nobody_answers"


def test_a_number_of_ours_leads_elsewhere_outside_office_hours() -> None:
    inbound = {DID: InboundEntry(DID, ext("101"), system("600"))}
    directory = replace(COMPANY, inbound=inbound)
    assert told(plan(directory, asked(OUTSIDER, DID, 7))) == AT_101
    assert told(plan(directory, asked(OUTSIDER, DID, 7, WEDNESDAY_EVENING))).startswith("ring 100+101+102 15")


def test_a_forwarding_to_a_number_of_ours_keeps_its_office_hours_and_so_does_a_colleague_who_dials_it() -> (
    None
):
    inbound = {DID: InboundEntry(DID, ext("103"), BUSY)}
    directory = with_presence(replace(COMPANY, inbound=inbound), x101=present("lunch", lunch=outside(DID)))
    for number in ("101", DID):
        assert told(plan(directory, asked("100", number))) == "ring 103 20, message 103"
        evening = plan(directory, asked("100", number, at=WEDNESDAY_EVENING))
        assert told(evening) == "refuse 486 nobody_answers"
        assert "inbound_closed" in [step.reason.code for step in evening.steps]


@pytest.mark.parametrize("closed", ["override", "holiday", "break"])
def test_closed_is_closed_whatever_the_reason(closed: str) -> None:
    hours = {
        "override": replace(OFFICE, closed_until=WEDNESDAY_EVENING),
        "holiday": replace(OFFICE, holidays={WEDNESDAY_NOON.date(): "Koningsdag"}),
        "break": replace(OFFICE, breaks=(Span(2, datetime.time(12), datetime.time(13)),)),
    }[closed]
    inbound = {DID: InboundEntry(DID, ext("101"), BUSY)}
    directory = replace(COMPANY, inbound=inbound, hours=hours)
    found = plan(directory, asked(OUTSIDER, DID, 7))
    assert told(found) == "refuse 486 nobody_answers"
    assert found.steps[0].reason.code == f"hours_{closed}"


# --- calls that would go round


def test_two_who_forward_to_each_other_end_in_the_voicemail_of_the_first() -> None:
    directory = with_presence(x101=present("away", away=ext("102")), x102=present("away", away=ext("101")))
    assert called(directory) == ("message 101", "message 101")
    assert told(plan(directory, asked("100", "102"))) == "message 102"


def test_a_forwarding_to_oneself_is_a_loop() -> None:
    assert called(with_presence(x101=present("dnd", dnd=ext("101")))) == ("message 101", "message 101")


def test_a_call_that_comes_back_to_the_caller_does_not_ring_there() -> None:
    directory = with_presence(x101=present("away", away=ext("100")))
    assert called(directory)[0] == "message 101"
    assert called(directory)[1] == "ring 100 20, message 100"
    same = with_presence(x101=present("away", away=outside(OUTSIDER)))
    assert called(same)[1] == "message 101"


def test_a_loop_over_a_number_of_our_own_is_found() -> None:
    directory = with_presence(x101=present("away", away=outside("020-1234567")))
    assert called(directory) == ("message 101", "message 101")
    elsewhere = with_presence(x102=present("away", away=outside("020-1234567")))
    assert told(plan(elsewhere, asked("100", "102"))) == AT_101


def test_a_number_of_ours_that_leads_to_itself_ends() -> None:
    directory = replace(COMPANY, inbound={DID: InboundEntry(DID, outside(DID))})
    assert told(plan(directory, asked(OUTSIDER, DID, 7))) == "refuse 480 nobody_answers"


def chain(length: int) -> Directory:
    """200 forwards to 201, that to 202, and so on."""
    numbers = [str(200 + place) for place in range(length + 1)]
    people = {number: person(number) for number in numbers}
    presence = {
        number: present("away", away=ext(following)) for number, following in itertools.pairwise(numbers)
    }
    return Directory(people, presence=presence)


def test_eight_hops_are_followed_and_the_ninth_ends_in_the_first_voicemail() -> None:
    assert told(plan(chain(8), asked("100", "200"))) == "ring 208 20, message 208"
    assert told(plan(chain(9), asked("100", "200"))) == "message 200"
    assert told(plan(chain(30), asked("100", "200"))) == "message 200"


def test_thirty_hops_by_two_ways_each_are_planned_at_once() -> None:
    directory = chain(30)
    presence = {
        number: PresenceEntry(
            forwardings=present(
                no_answer=ext(entry.forwardings["away", "internal", "always"].target), unavailable=VOICEMAIL
            ).forwardings
        )
        for number, entry in directory.presence.items()
    }
    found = plan(replace(directory, presence=presence), asked("100", "200"))
    assert len(list(every_step(found.steps))) < 100


@pytest.mark.parametrize(
    "gone", [ext("199"), system("699"), MOBILE, outside(""), replace(VOICEMAIL, target="199")]
)
def test_a_rule_that_leads_to_what_was_deleted_ends_safely(gone: object) -> None:
    found = called(with_presence(x101=present("away", away=gone)))
    safe = "refuse 0 nobody_answers" if getattr(gone, "kind", "") == "voicemail" else "message 101"
    assert found == (safe, safe)


def test_who_has_no_voicemail_does_not_answer() -> None:
    people = {**COMPANY.extensions, "101": person("101", voicemail=False)}
    directory = with_presence(replace(COMPANY, extensions=people), x101=present("away"))
    assert called(directory) == ("refuse 0 nobody_answers", "refuse 0 nobody_answers")


# --- outside


def test_a_forwarding_that_may_not_be_called_ends_in_voicemail_and_says_nothing() -> None:
    for number in ("+3614567890", "0900123456", "+882161234567"):
        directory = with_presence(x101=present("away", away=outside(number)))
        assert called(directory) == ("message 101", "message 101")


def test_a_forwarding_pays_from_the_limit_of_who_forwards() -> None:
    limited = replace(COMPANY, outbound=Outbound(trunks=COMPANY.trunks, person_calls=1))
    directory = with_presence(limited, x101=present("away", away=outside(HERE)))
    full = replace(asked(OUTSIDER, DID, 7), usage=Usage(calls_of={"101": 1}))
    assert told(plan(directory, full)) == "message 101"
    other = replace(asked(OUTSIDER, DID, 7), usage=Usage(calls_of={"100": 1}))
    assert told(plan(directory, other)).startswith("outside")


@pytest.mark.parametrize("ring_mobile", [True, False])
def test_a_call_that_comes_back_from_a_mobile_does_not_go_there_again(ring_mobile: bool) -> None:
    """The mobile of 101 diverts to our number: the network shows our own number, or says who diverted."""
    settings = {"ring_mobile": True} if ring_mobile else {"away": MOBILE}
    here = present("available" if ring_mobile else "away", mobile=HERE, **settings)
    directory = with_presence(x101=here)
    first = plan(directory, asked(OUTSIDER, DID, 7))
    assert HERE[1:] in told(first)
    safe = AT_101 if ring_mobile else "message 101"
    back = replace(asked(OUTSIDER, DID, 7), diverted=(HERE,))
    for request in (asked(DID, DID, 7), back):
        assert told(plan(directory, request)) == safe
    # Nobody else's number is shown, or diverted from.
    for request in (asked("+31201234568", DID, 7), replace(back, diverted=("+31201111111",))):
        assert told(plan(directory, request)) == told(first)
    # A number that is shown on calls to outside and leads nowhere here is ours as well.
    shown = replace(directory, outbound=replace(directory.outbound, shown=frozenset({"+31201119999"})))
    assert told(plan(shown, asked("+31201119999", DID, 7))) == safe


def test_a_number_of_ours_that_leads_outside_and_comes_back_ends_there() -> None:
    directory = replace(COMPANY, inbound={DID: InboundEntry(DID, outside(HERE))})
    assert told(plan(directory, asked(OUTSIDER, DID, 7))).startswith("outside +31201112233")
    assert told(plan(directory, asked(DID, DID, 7))) == "refuse 480 nobody_answers"


def test_who_shows_their_own_mobile_may_call_from_it() -> None:
    shown = replace(COMPANY, outbound=replace(COMPANY.outbound, shown=frozenset({OUTSIDER})))
    directory = with_presence(shown, x101=present("away", away=outside(HERE)), x102=present(mobile=OUTSIDER))
    assert told(plan(directory, asked(OUTSIDER, DID, 7))).startswith("outside +31201112233")


def test_a_receptionist_s_key_leads_an_outside_caller_anywhere() -> None:
    request = asked(OUTSIDER, "555", 7)
    assert told(towards(COMPANY, request, ext("101"))) == AT_101
    assert told(towards(COMPANY, request, replace(VOICEMAIL, target="102"))) == "message 102"
    assert told(towards(COMPANY, request, system("699"))) == "refuse 480 nobody_answers"
    external = with_presence(x101=present("away", away_external=BUSY))
    assert told(towards(external, request, ext("101"))) == "refuse 486 nobody_answers"


# --- codes


@pytest.mark.parametrize(
    ("dialled", "expected"),
    [
        ("*30", "status available"),
        ("*31", "status away"),
        ("*32", "status dnd"),
        ("*33", "status lunch"),
        ("*34", "status holiday"),
        ("700", "park 700"),
        ("709", "park 709"),
        ("*8", "pickup"),
        ("*8101", "pickup 101"),
        ("*8199", "refuse 404 unknown_number"),
    ],
)
def test_codes_are_for_extensions_only(dialled: str, expected: str) -> None:
    assert told(plan(COMPANY, asked("100", dialled))) == expected
    assert told(plan(COMPANY, asked(OUTSIDER, dialled, 7))) == "refuse 404 unknown_number"


def test_the_web_client_picks_up_with_the_same_code() -> None:
    store = (ROOT / "frontend/src/features/phone/stores/phone.ts").read_text()
    assert f'const PICK_UP = "{PICK_UP}";' in store


@pytest.mark.parametrize("caller", ["102", OUTSIDER])
def test_who_is_transferred_to_a_code_can_leave_a_message_or_unpark_and_no_more(caller: str) -> None:
    trunk = 7 if caller == OUTSIDER else None
    for code in ("*30", "*31", "*34", "*43", "*8", "*8103", "*5100"):
        refused = told(plan(COMPANY, asked(caller, code, trunk, by="101")))
        assert refused == "refuse 404 unknown_number", code
    assert told(plan(COMPANY, asked(caller, "*4103", trunk, by="101"))) == "message 103"
    assert told(plan(COMPANY, asked(caller, "705", trunk, by="101"))) == "park 705"


def test_who_keeps_their_calls_to_themselves_has_none_picked_up() -> None:
    people = {**COMPANY.extensions, "101": person("101", private=True)}
    directory = replace(COMPANY, extensions=people)
    assert told(plan(directory, asked("100", "*8101"))) == "refuse 404 nothing_rings"
    assert told(plan(directory, asked("100", "*8102"))) == "pickup 102"


def test_what_a_status_says_is_told_with_its_end() -> None:
    until = WEDNESDAY_NOON + datetime.timedelta(hours=2)
    found = plan(with_presence(x101=present("away", until=until)), asked(OUTSIDER, DID, 7))
    reason = found.steps[1].reason
    assert (reason.code, reason.args["until"], reason.args["source"]) == (
        "status_rule_until",
        "14:00",
        "external",
    )
    assert isinstance(found.steps[-1], Voicemail | Refuse)


def test_a_status_that_ends_on_another_day_says_which() -> None:
    until = WEDNESDAY_NOON + datetime.timedelta(days=2)
    found = plan(with_presence(x101=present("holiday", until=until)), asked("100", "101"))
    assert found.steps[0].reason.args["until"] == "2026-03-06 12:00"


def test_hours_of_the_office_are_those_of_its_zone() -> None:
    # 16:30 in Amsterdam, 17:30 in Helsinki: closed there.
    at = datetime.datetime(2026, 3, 4, 15, 30, tzinfo=datetime.UTC)
    directory = with_presence(x101=present("away", away=BUSY))
    assert told(plan(directory, asked("100", "101", at=at))) == "refuse 486 nobody_answers"
    finnish = replace(directory, hours=replace(OFFICE, zone="Europe/Helsinki"))
    assert told(plan(finnish, asked("100", "101", at=at))) == "message 101"
    assert FIVE > NINE
