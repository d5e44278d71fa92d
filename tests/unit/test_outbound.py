"""Who may call what outside, as which number and over which trunks."""

from __future__ import annotations

import dataclasses
import os

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.routing import outbound_rules, phone_numbers
from telephony.routing.countries import NEIGHBOURS, nearby
from telephony.routing.entries import Route, TrunkEntry
from telephony.routing.outbound_rules import Caller, Outbound, Person, Refusal, Routes, Rule, Usage

# As many as script/bench counts; fewer on a laptop in a hurry.
EXAMPLES = int(os.environ.get("KIESTOON_EXAMPLES", "2000"))

ONE = TrunkEntry(1, "Een", "one.example", 5060, "+31201234567", "", "")
TWO = TrunkEntry(2, "Twee", "two.example", 5060, "", "us", "secret", number_format="national")
BOTH = Outbound(trunks=(ONE, TWO))
ANNA = Caller("100")
FORMS = ("e164", "digits", "international", "national", "dialled")
FREE = Usage()


def call(number: str, out: Outbound = BOTH, caller: Caller = ANNA, usage: Usage = FREE) -> Routes | Refusal:
    return outbound_rules.lines(out, number, caller, usage)


def way(number: str, out: Outbound = BOTH, caller: Caller = ANNA, usage: Usage = FREE) -> Routes:
    found = call(number, out, caller, usage)
    assert isinstance(found, Routes), found
    return found


def refusal(number: str, out: Outbound = BOTH, caller: Caller = ANNA, usage: Usage = FREE) -> Refusal:
    found = call(number, out, caller, usage)
    assert isinstance(found, Refusal), found
    return found


# --- numbers


@pytest.mark.parametrize(
    "written",
    ["0201234567", "020 123 45 67", "+31201234567", "0031 20 123-4567", "+31 (0)20 1234567", "020.1234567"],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert way(written).number == "+31201234567"


@pytest.mark.parametrize(
    ("form", "home", "abroad"),
    [
        ("e164", "+31201234567", "+3221234567"),
        ("digits", "31201234567", "3221234567"),
        ("international", "0031201234567", "003221234567"),
        ("national", "0201234567", "003221234567"),
        ("dialled", "0201234567", "003221234567"),
    ],
)
def test_each_provider_gets_numbers_in_its_own_form(form: str, home: str, abroad: str) -> None:
    out = Outbound(trunks=(dataclasses.replace(ONE, number_format=form),))
    assert [way(number, out).lines[0].number for number in ("0201234567", "003221234567")] == [home, abroad]


def test_a_number_that_two_could_read_differently_is_never_sent_as_dialled() -> None:
    """201234567 is Amsterdam here, and Egypt to whom takes all numbers for international ones."""
    out = Outbound(trunks=(dataclasses.replace(ONE, number_format="dialled"),))
    assert way("201234567", out).lines[0].number == "+31201234567"


def test_a_short_number_of_our_own_country_is_sent_as_it_is() -> None:
    assert way("14020").lines[0].number in ("14020", "+3114020")
    assert way("144").lines[0].number == "144"


@pytest.mark.parametrize(
    "number",
    ["", "+", "abc", "12a", "00999123456", "+999", "*31#0201234567", "000442071234567", "+3100442071234567"],
)
def test_what_is_no_number_is_said_to_be_none(number: str) -> None:
    assert (refusal(number).code, refusal(number).status) == ("not_a_number", 404)


# --- emergency


@pytest.mark.parametrize(
    ("country", "dialled", "sent"),
    [
        ("NL", "112", "112"),
        ("NL", "911", "112"),
        ("NL", "+31112", "112"),
        ("NL", "1-1-2", "112"),
        ("BE", "100", "100"),
        ("BE", "101", "101"),
        ("DE", "110", "110"),
        ("FR", "15", "15"),
        ("AT", "144", "144"),
        ("GB", "999", "999"),
        ("US", "911", "911"),
        ("US", "112", "911"),
        ("AU", "000", "000"),
    ],
)
def test_help_is_called_by_every_number_of_the_country(country: str, dialled: str, sent: str) -> None:
    found = way(dialled, dataclasses.replace(BOTH, country=country))
    assert found.emergency and {line.number for line in found.lines} == {sent}


def test_help_is_called_whatever_stands_in_the_way() -> None:
    everything = dataclasses.replace(
        BOTH,
        rules=(Rule("Niets", allowed=False),),
        people={"100": Person(allowed=False, anonymous=True, calls=0, minutes=0)},
        countries=frozenset({"DE"}),
        calls=0,
        minutes=0,
        person_calls=0,
        person_minutes=0,
    )
    used = Usage(99, 99_999, {"100": 99}, {"100": 99_999}, frozenset({1}))
    found = way("112", everything, usage=used)
    assert [line.trunk.id for line in found.lines] == [2, 1]
    assert not any(line.anonymous for line in found.lines)
    assert refusal("0201234567", everything, usage=used)


def test_a_rule_that_makes_an_emergency_number_makes_an_emergency_call() -> None:
    out = dataclasses.replace(BOTH, rules=(Rule("Buitenlijn", "0", strip=1),), calls=0)
    assert way("0112", out).emergency


# --- rules


def test_the_first_rule_that_fits_counts() -> None:
    out = dataclasses.replace(
        BOTH,
        rules=(
            Rule("Betaald", "0900", allowed=False),
            Rule("Kort", longest=6, trunks=(TWO,)),
            Rule("België", "+32", trunks=(TWO,)),
            Rule("Verkoop", "00", extensions=frozenset({"101"}), departments=frozenset({5})),
            Rule("Rest", "0", trunks=(ONE, TWO)),
        ),
        people={"102": Person(department=5)},
    )
    assert refusal("09001234", out).code == "rule_forbids"
    assert [line.trunk.id for line in way("144", out).lines] == [2]
    assert [line.trunk.id for line in way("003221234567", out).lines] == [2]
    assert way("0201234567", out).rule == "Rest"
    assert way("004930123456", out).rule == "Rest"
    assert way("004930123456", out, Caller("101")).rule == "Verkoop"
    assert way("004930123456", out, Caller("102")).rule == "Verkoop"
    assert refusal("201234567", out).code == "no_rule"


@pytest.mark.parametrize(
    ("rule", "dialled", "called"),
    [
        (Rule("x", "9", strip=1), "90201234567", "+31201234567"),
        (Rule("x", "9", strip=1, prepend="+"), "931201234567", "+31201234567"),
        (Rule("x", prepend="020", longest=7), "1234567", "+31201234567"),
        (Rule("x", "+3120", strip=4, prepend="010"), "0201234567", "+31101234567"),
        (Rule("x", "+31"), "0201234567", "+31201234567"),
    ],
)
def test_digits_are_taken_off_and_put_in_front(rule: Rule, dialled: str, called: str) -> None:
    assert way(dialled, dataclasses.replace(BOTH, rules=(rule,))).number == called


def test_no_rule_leads_to_where_nobody_may_call() -> None:
    """What counts is the number that is called in the end."""
    out = dataclasses.replace(BOTH, rules=(Rule("Gat", "9", strip=1, prepend="+1876"),))
    assert refusal("95551234", out).code == "country_blocked"


# --- where to


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("0018765551234", "country_blocked"),  # Jamaica shares +1 with the United States
        ("+12125551234", "country_blocked"),
        ("+15551234567", "country_blocked"),  # nobody can say where
        ("+4479", "country_blocked"),
        ("09001234", "premium_blocked"),
        ("0906123456789", "premium_blocked"),  # digits behind it do not hide it
        ("+979123456789", "premium_blocked"),
        ("+881612345678", "satellite_blocked"),
        ("+870773123456", "satellite_blocked"),
        ("+883510001234567", "satellite_blocked"),
    ],
)
def test_what_costs_much_is_blocked(number: str, code: str) -> None:
    assert refusal(number).code == code


def test_what_an_administrator_allows_is_allowed() -> None:
    assert way("0018765551234", dataclasses.replace(BOTH, countries=frozenset({"JM"})))
    assert (
        refusal("0201234567", dataclasses.replace(BOTH, countries=frozenset({"JM"}))).code
        == "country_blocked"
    )
    assert way("09001234", dataclasses.replace(BOTH, premium=True))
    assert way("+881612345678", dataclasses.replace(BOTH, satellite=True))
    assert way("+80012345678").number == "+80012345678", "free of charge everywhere"


def test_neighbours_are_neighbours_of_each_other_and_can_be_called() -> None:
    islands = {"AX", "SJ", "VA", "SM", "GG", "JE", "IM", "GI", "GL", "FO", "MC", "LI", "AD"}
    for country, others in NEIGHBOURS.items():
        assert {country} | others <= phone_numbers.COUNTRIES | {"XK"}
        for other in others - islands:
            assert other not in NEIGHBOURS or country in NEIGHBOURS[other] | islands, (country, other)
    assert nearby("NL") == {"NL", "BE", "DE"}
    assert nearby("ZZ") == {"ZZ"}


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("NL", "000442071234567"),
        ("NL", "+3100442071234567"),
        ("BE", "00018765551234"),
        ("ES", "+34" + "0018765551234"),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_zeros_in_front_do_not_hide_a_country_that_may_not_be_called(
    country: str, number: str, form: str
) -> None:
    trunk = dataclasses.replace(TWO, number_format=form)
    assert refusal(number, Outbound(country, trunks=(trunk,)))


def test_what_a_provider_makes_of_the_number_counts() -> None:
    """From Belarus 8 10 is what 00 is from here: the 8 that belongs before a national number completes it."""
    assert way("8810442071234567", Outbound("BY", trunks=(ONE,)))
    assert refusal("8810442071234567", Outbound("BY", trunks=(TWO,))).code == "country_blocked"


# --- limits


@pytest.mark.parametrize(
    ("out", "usage", "code"),
    [
        (dataclasses.replace(BOTH, calls=2), Usage(calls=2), "calls_limit"),
        (dataclasses.replace(BOTH, minutes=10), Usage(seconds=600), "minutes_limit"),
        (dataclasses.replace(BOTH, person_calls=1), Usage(1, 0, {"100": 1}), "calls_limit_of"),
        (dataclasses.replace(BOTH, person_minutes=5), Usage(0, 300, {}, {"100": 300}), "minutes_limit_of"),
        (dataclasses.replace(BOTH, people={"100": Person(calls=0)}), FREE, "calls_limit_of"),
    ],
)
def test_a_limit_that_is_reached_refuses(out: Outbound, usage: Usage, code: str) -> None:
    found = refusal("0201234567", out, usage=usage)
    assert (found.code, found.prompt) == (code, "limit_reached")


def test_the_limits_of_a_person_do_not_hold_for_calls_that_nobody_forwards() -> None:
    """A number of ours, or a receptionist's key, that leads outside is the organisation's."""
    out = dataclasses.replace(BOTH, person_calls=1, person_minutes=1)
    used = Usage(3, 300, {"": 3}, {"": 300})
    assert {line.payer for line in way("0201234567", out, Caller(), used).lines} == {""}
    limited = dataclasses.replace(out, calls=3)
    assert refusal("0201234567", limited, Caller(), used).code == "calls_limit"


def test_a_limit_is_looked_at_again_before_each_line_but_never_for_help() -> None:
    out = dataclasses.replace(BOTH, person_calls=1)
    (line, _second), (help_line, _) = way("0201234567", out).lines, way("112", out).lines
    assert outbound_rules.exceeded(out, line, FREE) is None
    taken = Usage(1, 0, {"100": 1})
    assert getattr(outbound_rules.exceeded(out, line, taken), "code", "") == "calls_limit_of"
    assert outbound_rules.exceeded(out, help_line, taken) is None


def test_a_limit_of_ones_own_comes_before_that_of_everybody() -> None:
    out = dataclasses.replace(BOTH, person_calls=1, people={"100": Person(calls=5)})
    assert way("0201234567", out, usage=Usage(4, 0, {"100": 4}))
    assert refusal("0201234567", out, Caller("101"), Usage(1, 0, {"101": 1}))


def test_a_forwarded_call_counts_for_whom_it_is_forwarded_and_reaches_no_blocked_country() -> None:
    out = dataclasses.replace(BOTH, person_calls=1)
    forwarded = Caller("100", original="+31612345678")
    assert refusal("0201234567", out, forwarded, Usage(1, 0, {"100": 1})).args["extension"] == "100"
    assert refusal("0018765551234", BOTH, forwarded).code == "country_blocked"
    assert {line.payer for line in way("0201234567", BOTH, forwarded).lines} == {"100"}


# --- trunks and caller id


def test_a_trunk_that_is_away_is_tried_last() -> None:
    assert [line.trunk.id for line in way("0201234567", usage=Usage(away=frozenset({1}))).lines] == [2, 1]
    assert refusal("0201234567", Outbound()).code == "no_trunk"
    assert refusal("112", Outbound()).code == "no_trunk"


def test_the_number_shown_is_the_users_then_the_departments_then_the_trunks() -> None:
    people = {
        "100": Person("+31201111111", department=1, department_caller_id="+31202222222"),
        "101": Person(department=1, department_caller_id="+31202222222"),
        "103": Person(anonymous=True),
    }
    out = dataclasses.replace(BOTH, people=people)
    shown = [
        way("0101234567", out, Caller(extension)).lines[0].caller_id for extension in ("100", "101", "102")
    ]
    assert shown == ["+31201111111", "+31202222222", "+31201234567"]
    hidden = way("0101234567", out, Caller("103")).lines[0]
    assert (hidden.anonymous, hidden.caller_id) == (True, "+31201234567")
    assert way("0101234567", out).lines[1].caller_id == "0201111111", "in the trunk's own form"


def test_who_called_is_shown_on_a_forwarded_call_where_the_provider_allows_it() -> None:
    forwarded = Caller("100", original="+31612345678")
    assert way("0101234567", BOTH, forwarded).lines[0].caller_id == "+31201234567"
    out = Outbound(trunks=(dataclasses.replace(ONE, show_original=True),))
    assert way("0101234567", out, forwarded).lines[0].caller_id == "+31612345678"


# --- properties

NUMBERS = st.one_of(
    st.text("0123456789+ ()-.*#", max_size=20),
    st.from_regex(r"(\+|00|0|000|\+310|\+3100|9|88)?[0-9]{2,17}", fullmatch=True),
    st.sampled_from(["112", "0201234567", "0018765551234", "09001234", "+881612345678", "+80012345678"]),
    st.sampled_from(["000442071234567", "+3100442071234567", "00310442071234567", "8810442071234567"]),
)
TRUNKS = st.lists(
    st.builds(dataclasses.replace, st.sampled_from([ONE, TWO]), number_format=st.sampled_from(FORMS)),
    max_size=2,
    unique_by=lambda trunk: trunk.id,
).map(tuple)
RULES = st.builds(
    Rule,
    name=st.just("x"),
    prefix=st.sampled_from(["", "0", "00", "9", "+31", "+"]),
    shortest=st.integers(0, 8),
    longest=st.sampled_from([0, 6, 12]),
    strip=st.integers(0, 5),
    prepend=st.sampled_from(["", "0", "00", "+", "+1876", "0900"]),
    trunks=st.sampled_from([(), (ONE,), (TWO, ONE)]),
    extensions=st.sampled_from([frozenset(), frozenset({"100"})]),
    allowed=st.booleans(),
)
LIMITS = st.one_of(st.none(), st.integers(0, 3))
OUTBOUNDS = st.builds(
    Outbound,
    country=st.sampled_from(["NL", "BE", "US", "GB", "ES", "BY"]),
    trunks=TRUNKS,
    rules=st.lists(RULES, max_size=3).map(tuple),
    people=st.just({"100": Person()}),
    calls=LIMITS,
    person_minutes=LIMITS,
)
USAGES = st.builds(
    Usage,
    calls=st.integers(0, 4),
    seconds_of=st.dictionaries(st.just("100"), st.integers(0, 300)),
    away=st.frozensets(st.integers(1, 2)),
)


def as_the_provider_reads(line: Route, country: str) -> phonenumbers.PhoneNumber:
    """A provider knows nothing of what was dialled: it sees this number only."""
    number = line.number
    if line.trunk.number_format == "digits":
        number = "+" + number
    elif number.startswith("00"):
        number = "+" + number[2:]
    return phonenumbers.parse(number, country)


@settings(max_examples=EXAMPLES, deadline=None)
@given(NUMBERS, OUTBOUNDS, USAGES)
def test_whatever_is_dialled_is_refused_or_leads_to_where_one_may_call(
    number: str, out: Outbound, usage: Usage
) -> None:
    found = call(number, out, usage=usage)
    if isinstance(found, Refusal):
        assert found.status >= 400 and found.prompt
        assert not outbound_rules.is_emergency(number, out.country) or not out.trunks
        return
    assert found.lines and {line.trunk.id for line in found.lines} <= {1, 2}
    places = [line.trunk.id in usage.away for line in found.lines]
    assert places == sorted(places), "those that are away come last"
    if found.emergency:
        return
    for line in found.lines:
        assert phone_numbers.is_dialable(line.number)
        as_provider = phone_numbers.read(line.number, out.country)
        if len(line.number) > phone_numbers.LONGEST_SHORT:
            parsed = as_the_provider_reads(line, out.country)
            region = phonenumbers.region_code_for_number(parsed)
            assert region in nearby(out.country) or parsed.country_code == 800
        assert not as_provider.premium and not as_provider.satellite
    assert out.calls is None or usage.calls < out.calls


@settings(max_examples=EXAMPLES, deadline=None)
@given(OUTBOUNDS, USAGES, st.sampled_from(["112", "911"]))
def test_help_always_has_a_line_while_there_is_a_trunk(out: Outbound, usage: Usage, number: str) -> None:
    found = call(number, out, usage=usage)
    assert isinstance(found, Routes) == bool(out.trunks)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(["20", "10", "6", "14", "900"]), st.integers(0, 99_999_999))
def test_the_international_form_of_a_number_is_itself(begin: str, rest: int) -> None:
    once = phone_numbers.international(f"0{begin}{rest}", "NL")
    assert phone_numbers.international(once, "NL") == once
    assert phone_numbers.international(once, "BE") == once or not once.startswith("+")
