"""Every row of what people set about their reachability, over real calls, with its story in words.

A row says what 101 has set, who calls, what then happens, and what the story of that call says. Callers from outside
come in over the trunk and call the number of ours that leads to 101.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import live
from telephony.calls import story
from tests.rig.change_settings import Desk
from tests.rig.exchange import Exchange
from tests.rig.phones import Phone, Phones
from tests.rig.phones.call import Call
from tests.rig.phones.process import PhoneError
from tests.sip.test_call_control_lamps import PROMISED, Lamps
from tests.sip.test_calls import ALICE_HZ, BOB_HZ, hears

OUR_NUMBER = "+31201234567"
CUSTOMER = "+31612345678"
MOBILE = "+31687654321"
ELSEWHERE = "+31207654321"

INSIDE, OUTSIDE = "inside", "outside"

ALL_DAY = {"weekdays": "", "start": None, "end": None}
# Days of the week: those around now, whatever the zone and the hour, and the others.
NOW = datetime.datetime.now(datetime.UTC).weekday()
THESE_DAYS = "".join(sorted(str((NOW + ahead) % 7) for ahead in (-1, 0, 1)))
OTHER_DAYS = "".join(sorted(str((NOW + ahead) % 7) for ahead in (2, 3, 4, 5)))


@dataclass(frozen=True)
class Row:
    """`then`: "rings N", "voicemail N", "busy", "answers" (a receptionist) or "calls +31…".

    `told`: what the story says, Dutch and English.
    """

    name: str
    caller: str
    settings: dict[str, Any]
    then: str
    told: tuple[str, str]
    without: frozenset[str] = field(default_factory=frozenset)  # phones that are not registered
    busy: frozenset[str] = field(default_factory=frozenset)  # phones that answer 486


def away(status: str, source: str, kind: str, target: str = "", **more: Any) -> dict[str, Any]:
    """101 has this status, and this forwarding for it."""
    rules = [(status, source, "always", kind, target)]
    return {"statuses": {"101": status}, "forwardings": {"101": rules}, **more}


def available(case: str, source: str, kind: str, target: str = "", **more: Any) -> dict[str, Any]:
    """101 is available, with this forwarding."""
    return {"forwardings": {"101": [("available", source, case, kind, target)]}, **more}


ROWS = [
    # 7: five statuses; on any but Available the user is not rung
    Row(
        "available rings, from inside",
        INSIDE,
        {},
        "rings 101",
        ("101 gaat over, hoogstens 5 seconden.", "101 rings, for at most 5 seconds."),
    ),
    Row(
        "available rings, from outside",
        OUTSIDE,
        {},
        "rings 101",
        (f"{OUR_NUMBER} leidt naar: toestel 101.", f"{OUR_NUMBER} leads to: extension 101."),
    ),
    *(
        Row(
            f"{status} is not rung, from {caller}",
            caller,
            {"statuses": {"101": status}},
            "voicemail 101",
            (
                f"101 is {dutch}; voor {whom[0]} is de regel: voicemail.",
                f"101 is {english}; for {whom[1]} the rule is: voicemail.",
            ),
        )
        for status, dutch, english in (
            ("away", "afwezig", "away"),
            ("dnd", "niet storen", "do not disturb"),
            ("lunch", "lunchen", "at lunch"),
            ("holiday", "op vakantie", "on holiday"),
        )
        for caller, whom in (
            (INSIDE, ("interne bellers", "internal callers")),
            (OUTSIDE, ("bellers van buiten", "callers from outside")),
        )
    ),
    # 20: to every kind of destination, internal and external callers apart
    Row(
        "away, for colleagues to an extension",
        INSIDE,
        away("away", "internal", "extension", "102"),
        "rings 102",
        (
            "voor interne bellers is de regel: toestel 102.",
            "for internal callers the rule is: extension 102.",
        ),
    ),
    Row(
        "and for callers from outside still voicemail",
        OUTSIDE,
        away("away", "internal", "extension", "102"),
        "voicemail 101",
        (
            "voor bellers van buiten is de regel: voicemail.",
            "for callers from outside the rule is: voicemail.",
        ),
    ),
    Row(
        "dnd, for callers from outside to an extension",
        OUTSIDE,
        away("dnd", "external", "extension", "102"),
        "rings 102",
        (
            "voor bellers van buiten is de regel: toestel 102.",
            "for callers from outside the rule is: extension 102.",
        ),
    ),
    Row(
        "lunch, to somebody else's voicemail",
        INSIDE,
        away("lunch", "internal", "voicemail", "103"),
        "voicemail 103",
        ("de regel: voicemail van 103.", "the rule is: voicemail of 103."),
    ),
    Row(
        "holiday, to my mobile",
        OUTSIDE,
        away("holiday", "external", "mobile", options={"mobile": MOBILE}),
        f"calls {MOBILE}",
        (
            "De mobiel van 101 wordt gebeld, hoogstens 60 seconden.",
            "The mobile of 101 is called, for at most 60 seconds.",
        ),
    ),
    Row(
        "away, to an external number",
        INSIDE,
        away("away", "internal", "outside", ELSEWHERE),
        f"calls {ELSEWHERE}",
        (f"de regel: extern nummer {ELSEWHERE}.", f"the rule is: external number {ELSEWHERE}."),
    ),
    Row(
        "away, to a ring group",
        OUTSIDE,
        away("away", "external", "system", "600"),
        "rings 102",
        ("Belgroep 600: 100, 102 gaat over", "Ring group 600: 100, 102 rings"),
    ),
    Row(
        "dnd, the busy tone",
        INSIDE,
        away("dnd", "internal", "busy"),
        "busy",
        ("De beller krijgt de bezettoon.", "The caller gets the busy tone."),
    ),
    Row(
        "dnd, the busy tone from outside",
        OUTSIDE,
        away("dnd", "external", "busy"),
        "busy",
        ("De beller krijgt de bezettoon.", "The caller gets the busy tone."),
    ),
    Row(
        "available, no answer after so many seconds",
        INSIDE,
        available("no_answer", "internal", "extension", "102", ring_seconds=1),
        "rings 102",
        (
            "De regel van 101 voor 'niet opgenomen', voor interne bellers: toestel 102.",
            "The rule of 101 for 'no answer', for internal callers: extension 102.",
        ),
    ),
    Row(
        "available, no answer from outside: voicemail unless set",
        OUTSIDE,
        available("no_answer", "internal", "extension", "102", ring_seconds=1),
        "voicemail 101",
        ("101 nam niet op binnen 1 seconden", "101 did not answer within 1 seconds"),
    ),
    Row(
        "available, not registered",
        OUTSIDE,
        available("unavailable", "external", "extension", "102"),
        "rings 102",
        (
            "De regel van 101 voor 'bezet of niet aangemeld', voor bellers van buiten: toestel 102.",
            "The rule of 101 for 'busy or not registered', for callers from outside: extension 102.",
        ),
        without=frozenset({"101"}),
    ),
    Row(
        "available, not registered, and no rule for that but one for no answer",
        INSIDE,
        available("no_answer", "internal", "extension", "102"),
        "voicemail 101",
        ("Bij 101 was geen toestel aangemeld", "101 had no device registered"),
        without=frozenset({"101"}),
    ),
    Row(
        "away, to my mobile, for colleagues",
        INSIDE,
        away("away", "internal", "mobile", options={"mobile": MOBILE}),
        f"calls {MOBILE}",
        ("De mobiel van 101 wordt gebeld", "The mobile of 101 is called"),
    ),
    Row(
        "dnd, to an external number, for callers from outside",
        OUTSIDE,
        away("dnd", "external", "outside", ELSEWHERE),
        f"calls {ELSEWHERE}",
        (f"de regel: extern nummer {ELSEWHERE}.", f"the rule is: external number {ELSEWHERE}."),
    ),
    Row(
        "away, to a department",
        OUTSIDE,
        away(
            "away",
            "external",
            "system",
            "800",
            department={"closed_kind": "voicemail", "closed_target": "103"},
        ),
        "rings 102",
        ("Afdeling 800: 102, 103 gaat over", "Department 800: 102, 103 rings"),
    ),
    *(
        Row(
            f"away, to a digital receptionist, from {caller}",
            caller,
            away("away", source, "system", "900", receptionist="900"),
            "answers",
            ("900 is een digitale receptionist", "900 is a digital receptionist"),
        )
        for caller, source in ((INSIDE, "internal"), (OUTSIDE, "external"))
    ),
    *(
        Row(
            f"available, busy, from {caller}",
            caller,
            available("unavailable", source, "extension", "102"),
            "rings 102",
            ("101 was in gesprek", "101 was busy"),
            busy=frozenset({"101"}),
        )
        for caller, source in ((INSIDE, "internal"), (OUTSIDE, "external"))
    ),
    # 21: outside office hours always to voicemail
    Row(
        "away outside office hours, for colleagues",
        INSIDE,
        away("away", "internal", "extension", "102", closed="hours"),
        "voicemail 101",
        (
            "en het is buiten werktijd: altijd voicemail.",
            "and it is outside working hours: always voicemail.",
        ),
    ),
    Row(
        "lunch outside office hours",
        OUTSIDE,
        away("lunch", "external", "extension", "102", closed="hours"),
        "rings 102",
        ("101 is lunchen;", "101 is at lunch;"),
    ),
    *(
        Row(
            f"{status} outside office hours",
            OUTSIDE,
            away(status, "external", "extension", "102", closed="hours"),
            "voicemail 101",
            (
                "en het is buiten werktijd: altijd voicemail.",
                "and it is outside working hours: always voicemail.",
            ),
        )
        for status in ("away", "dnd", "holiday")
    ),
    Row(
        "away outside office hours, with the switch off",
        INSIDE,
        away("away", "internal", "extension", "102", closed="hours", options={"closed_to_voicemail": False}),
        "rings 102",
        ("de regel: toestel 102.", "the rule is: extension 102."),
    ),
    # 8: own working hours where they differ
    Row(
        "away within own working hours, outside those of the office",
        INSIDE,
        away("away", "internal", "extension", "102", closed="hours", own_hours=list(range(7))),
        "rings 102",
        ("de regel: toestel 102.", "the rule is: extension 102."),
    ),
    # 22: exceptions by caller and time
    Row(
        "an exception for a caller",
        OUTSIDE,
        {"exceptions": [{"caller": CUSTOMER, "kind": "extension", "target": "102", **ALL_DAY}]},
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    Row(
        "an exception for numbers that begin like that, before the status",
        OUTSIDE,
        {
            "statuses": {"101": "dnd"},
            "exceptions": [{"caller": "+316*", "kind": "extension", "target": "102", **ALL_DAY}],
        },
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    Row(
        "an exception for others",
        INSIDE,
        {"exceptions": [{"caller": CUSTOMER, "kind": "extension", "target": "102", **ALL_DAY}]},
        "rings 101",
        ("101 gaat over", "101 rings"),
    ),
    Row(
        "an exception for these days",
        OUTSIDE,
        {"exceptions": [{**ALL_DAY, "weekdays": THESE_DAYS, "kind": "extension", "target": "102"}]},
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    Row(
        "an exception for other days",
        INSIDE,
        {"exceptions": [{**ALL_DAY, "weekdays": OTHER_DAYS, "kind": "extension", "target": "102"}]},
        "rings 101",
        ("101 gaat over", "101 rings"),
    ),
    Row(
        "of two exceptions the first that fits",
        OUTSIDE,
        {
            "exceptions": [
                {"caller": "100", "kind": "busy", "target": "", **ALL_DAY},
                {"caller": CUSTOMER, "kind": "extension", "target": "102", **ALL_DAY},
                {"caller": "", "kind": "busy", "target": "", **ALL_DAY},
            ]
        },
        "rings 102",
        ("heeft 101 een uitzondering: toestel 102.", "101 has an exception: extension 102."),
    ),
    # 23: office hours, holidays, breaks, departments
    *(
        Row(
            f"our number when it is closed: {closed}",
            OUTSIDE,
            {"closed": closed, "inbound": {"closed_kind": "extension", "closed_target": "102"}},
            "rings 102",
            (dutch, english),
        )
        for closed, dutch, english in (
            ("hours", "Het is buiten kantooruren.", "It is outside office hours."),
            ("break", "Het is pauze tot", "There is a break until"),
            ("holiday", "Het is een feestdag: Bedrijfsuitje.", "It is a holiday: Bedrijfsuitje."),
            ("override", "Er is gesloten tot", "It is closed until"),
        )
    ),
    Row(
        "our number leads to a department",
        OUTSIDE,
        {
            "inbound": {"kind": "system", "target": "800"},
            "department": {"closed_kind": "voicemail", "closed_target": "103"},
        },
        "rings 102",
        ("Afdeling 800: 102, 103 gaat over", "Department 800: 102, 103 rings"),
    ),
    Row(
        "a department that is closed",
        OUTSIDE,
        {
            "closed": "hours",
            "inbound": {"kind": "system", "target": "800"},
            "department": {"closed_kind": "voicemail", "closed_target": "103"},
        },
        "voicemail 103",
        (
            "Afdeling 800 is gesloten; de regel is: voicemail van 103.",
            "Department 800 is closed; the rule is: voicemail of 103.",
        ),
    ),
    # calls that would go round, and rules whose target has gone
    Row(
        "two who forward to each other",
        INSIDE,
        {
            "statuses": {"101": "away", "102": "away"},
            "forwardings": {
                "101": [("away", "internal", "always", "extension", "102")],
                "102": [("away", "internal", "always", "extension", "101")],
            },
        },
        "voicemail 101",
        ("een kringloop", "a loop"),
    ),
    Row(
        "a forwarding to the caller",
        INSIDE,
        away("away", "internal", "extension", "100"),
        "voicemail 101",
        ("100 belt zelf", "100 is the caller"),
    ),
    Row(
        "a forwarding to itself",
        OUTSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "external", "always", "extension", "101")]},
        "voicemail 101",
        ("een kringloop", "a loop"),
    ),
    Row(
        "a forwarding to nowhere",
        INSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "internal", "always", "system", "")]},
        "voicemail 101",
        ("Dat bestaat niet (meer)", "That does not exist (any more)"),
    ),
    Row(
        "a forwarding to what is no telephone number",
        OUTSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "external", "always", "outside", "call me")]},
        "voicemail 101",
        ("voicemail van 101", "voicemail of 101"),
    ),
    Row(
        "a forwarding over thirty others",
        OUTSIDE,
        away("away", "external", "extension", "200", chain=30),
        "voicemail 101",
        ("Na 8 keer doorschakelen", "After 8 forwardings"),
    ),
    Row(
        "a forwarding to who was deleted",
        OUTSIDE,
        {"statuses": {"101": "away"}, "broken": [("away", "external", "always", "extension", "199")]},
        "voicemail 101",
        ("Dat bestaat niet (meer): toestel 199", "That does not exist (any more): extension 199"),
    ),
]


@pytest.fixture(scope="module")
def desk(running_exchange: Exchange) -> Iterator[Desk]:
    """Somebody who changes settings; afterwards they are as they were."""
    with Desk(running_exchange) as somebody:
        yield somebody
        asyncio.run(somebody.set())


@pytest.fixture
def lamps(exchange: Exchange) -> Iterator[Lamps]:
    """A desk phone of 103 with lamps."""
    phone = Lamps(exchange, "103")
    yield phone
    phone.close()


async def outside_line(exchange: Exchange, phones: Phones) -> Phone:
    """The provider's side of the trunk, where the customer calls from."""
    return await phones.direct(CUSTOMER, local_port=exchange.trunk_port, alone=True)


async def dial(exchange: Exchange, provider: Phone, anna: Phone, caller: str) -> Call:
    """Call 101: a colleague by the extension, a customer by the number that leads there."""
    if caller == INSIDE:
        return await anna.call("101")
    return await provider.call(f"sip:{OUR_NUMBER}@127.0.0.1:{exchange.instance.sip_port}")


async def story_of(exchange: Exchange, began: float, calls: int = 1) -> tuple[str, str]:
    """What is told of the first of the `calls` that began after that, in Dutch and in English."""
    row = (await exchange.logged(began, calls))[0]
    return "\n".join(story.tell(row["steps"], "nl")), "\n".join(story.tell(row["steps"], "en"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_where_a_call_for_101_goes(row: Row, exchange: Exchange, phones: Phones, desk: Desk) -> None:
    await desk.set(**row.settings)
    provider = await outside_line(exchange, phones)
    drawer = {
        number: await exchange.phone(phones, number, manner="busy" if number in row.busy else "ring")
        for number in {"100", "101", "102"} - row.without
    }
    began = time.time()
    call = await dial(exchange, provider, drawer["100"], row.caller)
    what, _space, where = row.then.partition(" ")
    if what == "busy":
        assert (await call.ended()).code == 486
    elif what in ("voicemail", "answers"):
        await call.answered()
        await call.hangup()
    else:
        ringing = await (provider if what == "calls" else drawer[where]).incoming()
        if what == "calls":
            assert ringing.invite is not None and where in ringing.invite.start
        await ringing.answer()
        await call.answered()
        await call.hangup()
        await ringing.ended()
    if row.then != "rings 101" and "101" in drawer and "no answer" not in row.name and "101" not in row.busy:
        await drawer["101"].not_called(0.05)
    dutch, english = await story_of(exchange, began)
    assert row.told[0] in dutch
    assert row.told[1] in english
    if what == "voicemail":
        assert f"voicemail van {where}" in dutch and f"voicemail of {where}" in english


# --- what is more than where it goes


async def test_the_mobile_rings_too_and_counts_once_a_1_is_pressed(
    exchange: Exchange, phones: Phones, desk: Desk, lamps: Lamps
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=20)
    await lamps.watch("101")
    provider = await outside_line(exchange, phones)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    began = time.time()
    call = await anna.call("101")
    at_desk, at_mobile = await bram.incoming(), await provider.incoming()
    assert at_mobile.invite is not None and MOBILE in at_mobile.invite.start
    await at_mobile.answer()
    # "You have a call. Press one to accept it."
    assert (await at_mobile.listen(1.5)).silence_share < 0.7
    with pytest.raises(PhoneError):
        await call.answered(0.05)
    await lamps.shows("early")
    await at_mobile.dtmf("1")
    await call.answered()
    taken = time.monotonic()
    await at_desk.ended()
    # Bram is on a call, whichever telephone it is.
    assert await lamps.shows("confirmed") - taken < PROMISED
    assert '"busy"' in exchange.redis("HGET", live.LAMPS, "101 media1")
    await call.play_tone(ALICE_HZ)
    await at_mobile.play_tone(BOB_HZ)
    await hears(at_mobile, ALICE_HZ)
    await hears(call, BOB_HZ)
    over = time.monotonic()
    await call.hangup()
    assert await lamps.shows("none") - over < PROMISED
    dutch, english = await story_of(exchange, began)
    assert "101 nam op de mobiel op" in dutch
    assert "101 answered on the mobile" in english


async def test_a_mobile_that_diverts_to_our_number_is_not_rung_again_for_that(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=20)
    # The mobile network calls with the number that we showed to it.
    network = await phones.direct(OUR_NUMBER, local_port=exchange.trunk_port, alone=True)
    bram = await exchange.phone(phones, "101")
    began = time.time()
    call = await network.call(f"sip:{OUR_NUMBER}@127.0.0.1:{exchange.instance.sip_port}")
    await (await bram.incoming()).answer()
    await call.answered()
    await network.not_called(0.2)
    await call.hangup()
    dutch, english = await story_of(exchange, began)
    assert "De mobiel van 101 kan niet meegaan:" in dutch and "dat van ons is" in dutch
    assert f"The caller shows {OUR_NUMBER}, which is ours" in english


async def test_a_mobile_on_which_nobody_presses_1_is_let_go_while_the_phones_ring_on(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=60)
    provider = await outside_line(exchange, phones)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    began = time.time()
    call = await anna.call("101")
    at_desk, at_mobile = await bram.incoming(), await provider.incoming()
    await at_mobile.answer()
    answered = time.monotonic()
    await at_mobile.ended(20)
    assert 14 < time.monotonic() - answered < 17
    await at_desk.answer()
    await call.answered()
    await call.hangup()
    dutch, english = await story_of(exchange, began)
    assert "maar geen 1 getoetst" in dutch
    assert "but no 1 was pressed" in english


@pytest.mark.parametrize("caller", [INSIDE, OUTSIDE])
async def test_the_phone_that_answers_first_ends_the_question_on_the_mobile(
    exchange: Exchange, phones: Phones, desk: Desk, caller: str
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=20)
    provider = await outside_line(exchange, phones)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await dial(exchange, provider, anna, caller)
    at_desk, at_mobile = await bram.incoming(), await provider.incoming()
    assert at_mobile.invite is not None and MOBILE in at_mobile.invite.start
    await at_mobile.answer()
    await at_desk.answer()
    await call.answered()
    await at_mobile.ended()
    await call.play_tone(ALICE_HZ)
    await hears(at_desk, ALICE_HZ)
    await call.hangup()


@pytest.mark.parametrize("caller", [INSIDE, OUTSIDE])
async def test_who_takes_one_call_at_a_time_is_busy_for_a_second(
    exchange: Exchange, phones: Phones, desk: Desk, caller: str
) -> None:
    source = {INSIDE: "internal", OUTSIDE: "external"}[caller]
    rules = [("available", source, "unavailable", "extension", "102")]
    await desk.set(options={"accept_multiple": False}, forwardings={"101": rules})
    provider = await outside_line(exchange, phones)
    anna, bram, chris, daan = [
        await exchange.phone(phones, number) for number in ("100", "101", "102", "103")
    ]
    first = await bram.call("103")
    at_daan = await daan.incoming()
    await at_daan.answer()
    await first.answered()
    began = time.time()
    call = await dial(exchange, provider, anna, caller)
    at_chris = await chris.incoming()
    await at_chris.answer()
    await call.answered()
    await bram.not_called(0.05)
    await call.hangup()
    await at_chris.ended()
    dutch, english = await story_of(exchange, began)
    assert "neemt één gesprek tegelijk aan" in dutch
    assert "takes one at a time" in english
    await first.hangup()


async def test_two_calls_that_go_outside_together_find_the_limit_when_they_leave(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    """Both begin while nobody calls outside; 101 may have one call there, so the other gets the voicemail."""
    rules = available("no_answer", "internal", "outside", ELSEWHERE, ring_seconds=2)
    await desk.set(**rules, limits={"person_calls": 1})
    provider = await outside_line(exchange, phones)
    anna, bram, chris = [await exchange.phone(phones, number) for number in ("100", "101", "102")]
    began = time.time()
    calls = [await anna.call("101"), await chris.call("101")]
    for _call in calls:
        await bram.incoming()
    at_provider = await provider.incoming(5)
    await at_provider.answer()
    await asyncio.gather(*(call.answered() for call in calls))
    await provider.not_called(0.2)
    for call in calls:
        await call.hangup()
    rows = await exchange.logged(began, 2)
    (refused,) = [row for row in rows if "calls_limit_of" in row["codes"]]
    assert refused["outcome"] == "voicemail"
    assert "101 has 1 simultaneous outside calls already" in "\n".join(story.tell(refused["steps"], "en"))


@pytest.mark.parametrize("caller", [INSIDE, OUTSIDE])
async def test_a_temporary_status_is_over_to_the_second(
    exchange: Exchange, phones: Phones, desk: Desk, caller: str
) -> None:
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=6)
    await desk.set(until=until.isoformat())
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    provider = await outside_line(exchange, phones)
    began = time.time()
    call = await dial(exchange, provider, anna, caller)
    await call.answered()
    await call.hangup()
    dutch, english = await story_of(exchange, began)
    assert "101 is afwezig tot" in dutch
    assert "101 is away until" in english
    # What is awaited is time itself.
    await asyncio.sleep(until.timestamp() - time.time() + 0.05)
    second = await dial(exchange, provider, anna, caller)
    at_bram = await bram.incoming()
    await at_bram.hangup(486)
    await second.hangup()


@pytest.mark.parametrize(
    ("code", "status", "dutch", "english"),
    [
        ("*31", "away", "De status van 101 is nu afwezig.", "The status of 101 is away now."),
        ("*32", "dnd", "De status van 101 is nu niet storen.", "The status of 101 is do not disturb now."),
        ("*33", "lunch", "De status van 101 is nu lunchen.", "The status of 101 is at lunch now."),
        ("*34", "holiday", "De status van 101 is nu op vakantie.", "The status of 101 is on holiday now."),
        ("*30", "available", "De status van 101 is nu beschikbaar.", "The status of 101 is available now."),
    ],
)
async def test_a_code_on_the_desk_phone_sets_the_status_and_says_so(
    exchange: Exchange,
    phones: Phones,
    desk: Desk,
    code: str,
    status: str,
    dutch: str,
    english: str,
) -> None:
    await desk.set(statuses={"101": "dnd" if status == "available" else "available"})
    bram = await exchange.phone(phones, "101")
    began = time.time()
    call = await bram.call(code)
    await call.answered()
    await call.record()
    await call.ended()
    assert (await call.heard()).silence_share < 0.7
    rows = exchange.rows(
        "SELECT status FROM presence_presence row JOIN telephony_extension extension "
        "ON extension.id = row.extension_id WHERE extension.number = '101'"
    )
    assert [row["status"] for row in rows] == [status]
    told = await story_of(exchange, began)
    assert dutch in told[0]
    assert english in told[1]


async def test_a_status_set_by_phone_counts_for_the_next_call(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set()
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    setting = await bram.call("*32")
    await setting.ended(15)

    async def is_rung() -> bool:
        call = await anna.call("101")
        at_bram = asyncio.ensure_future(bram.incoming())
        taken = asyncio.ensure_future(call.answered())
        done, waiting = await asyncio.wait({at_bram, taken}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await call.hangup()
        return at_bram in done

    assert not await is_rung()


async def test_why_tells_the_story_of_a_call(exchange: Exchange, phones: Phones, desk: Desk) -> None:
    await desk.set(statuses={"101": "away"})
    anna = await exchange.phone(phones, "100")
    began = time.time()
    call = await anna.call("101")
    await call.answered()
    await call.hangup()
    (row,) = await exchange.logged(began)
    dutch = await exchange.manage("why", row["id"][-6:], "--language", "nl")
    assert "101 is afwezig; voor interne bellers is de regel: voicemail." in dutch
    english = await exchange.manage("why", row["id"][-6:], "--language", "en")
    assert "101 is away; for internal callers the rule is: voicemail." in english


async def test_simulate_tells_the_same_without_ringing_anybody(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set(**available("no_answer", "external", "extension", "102"))
    bram = await exchange.phone(phones, "101")
    began = time.time()
    asked = ("--from", CUSTOMER, "--to", "101", "--at", "Fri 18:05")
    dutch = await exchange.manage("simulate", *asked, "--language", "nl")
    english = await exchange.manage("simulate", *asked, "--language", "en")
    assert "vrijdag" in dutch and "101 gaat over" in dutch and "toestel 102" in dutch
    assert "Friday" in english and "If 101 does not answer:" in english and "extension 102" in english
    with pytest.raises(RuntimeError, match="someday"):
        await exchange.manage("simulate", "--from", "100", "--to", "101", "--at", "someday")
    await bram.not_called(0.05)
    assert exchange.calls_since(began) == []


async def test_who_waits_for_long_is_told_every_minute_that_it_still_rings(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    """Without that a proxy on the way, ours too, gives the call up after two minutes (RFC 3261 §13.3.1.1)."""
    await desk.set(ring_seconds=90)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await anna.call("101")
    at_bram = await bram.incoming()
    await call.received(180)
    await call.received(180, 65)
    await at_bram.answer()
    await call.answered()
