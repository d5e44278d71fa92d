"""When it is open: weekly hours, breaks, holidays, an override, time zones and days on which the clocks change."""

from __future__ import annotations

import datetime as dt
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.routing.opening import Hours, Span, look, overlapping, within

AMSTERDAM, NEW_YORK = "Europe/Amsterdam", "America/New_York"
WEEK = tuple(Span(day, time(8, 30), time(17, 30)) for day in range(5))
LUNCH = tuple(Span(day, time(12, 30), time(13)) for day in range(5))
OFFICE = Hours(zone=AMSTERDAM, spans=WEEK, breaks=LUNCH, holidays={date(2026, 12, 25): "Eerste kerstdag"})


def at(text: str, zone: str = AMSTERDAM, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2026-11-23 08:29:59", "hours_closed"),
        ("2026-11-23 08:30:00", "hours_open"),
        ("2026-11-23 12:29:59", "hours_open"),
        ("2026-11-23 12:30:00", "hours_break"),
        ("2026-11-23 12:59:59", "hours_break"),
        ("2026-11-23 13:00:00", "hours_open"),
        ("2026-11-23 17:29:59", "hours_open"),
        ("2026-11-23 17:30:00", "hours_closed"),
        ("2026-11-22 10:00:00", "hours_closed"),  # Sunday
        ("2026-12-24 10:00:00", "hours_open"),
        ("2026-12-25 10:00:00", "hours_holiday"),
        ("2026-12-25 23:59:59", "hours_holiday"),
    ],
)
def test_an_office_is_open_to_the_second(when: str, code: str) -> None:
    verdict = look(OFFICE, at(when))
    assert verdict.code == code
    assert verdict.open == (code == "hours_open")


def test_it_says_what_day_it_is_closed_for_and_until_when_the_break_lasts() -> None:
    assert look(OFFICE, at("2026-12-25 10:00")).args == {"name": "Eerste kerstdag"}
    assert look(OFFICE, at("2026-11-23 12:45")).args == {"until": "13:00"}


def test_whoever_set_no_hours_is_always_open() -> None:
    assert look(Hours(), datetime(2026, 11, 22, 3, tzinfo=UTC)).open
    only_a_holiday = Hours(holidays={date(2026, 11, 22): "x"})
    assert not look(only_a_holiday, datetime(2026, 11, 22, 3, tzinfo=UTC)).open
    assert look(only_a_holiday, datetime(2026, 11, 23, 3, tzinfo=UTC)).open


def test_closed_now_until_goes_before_everything_and_ends_to_the_second() -> None:
    closed = Hours(
        **{name: getattr(OFFICE, name) for name in ("zone", "spans", "breaks", "holidays")},
        closed_until=at("2026-11-23 11:00"),
    )
    verdict = look(closed, at("2026-11-23 10:59:59"))
    assert (verdict.code, verdict.args["until"]) == ("hours_override", "2026-11-23T11:00:00+01:00")
    assert look(closed, at("2026-11-23 11:00:00")).open
    assert look(closed, at("2026-12-25 10:00")).code == "hours_holiday"


def test_midnight_ends_a_day_and_begins_another() -> None:
    night = Hours(zone=AMSTERDAM, spans=(Span(4, time(22), time()), Span(5, time(), time(2))))
    assert not look(night, at("2026-11-27 21:59:59.999999")).open
    assert look(night, at("2026-11-27 22:00")).open
    assert look(night, at("2026-11-27 23:59:59.999999")).open
    assert look(night, at("2026-11-28 00:00")).open
    assert not look(night, at("2026-11-28 02:00")).open
    around_the_clock = Hours(spans=(Span(0, time(), time()),))
    assert look(around_the_clock, datetime(2026, 11, 23, tzinfo=UTC)).open
    assert look(around_the_clock, datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)).open
    assert not look(around_the_clock, datetime(2026, 11, 24, tzinfo=UTC)).open


def test_the_hours_are_those_of_the_offices_own_clock() -> None:
    in_new_york = Hours(zone=NEW_YORK, spans=WEEK)
    assert not look(in_new_york, at("2026-11-23 10:00")).open  # 4:00 there
    assert look(in_new_york, at("2026-11-23 15:00")).open  # 9:00 there
    # Monday in Amsterdam is Sunday evening in New York.
    sunday = Hours(zone=NEW_YORK, spans=(Span(6, time(18), time(20)),))
    assert look(sunday, at("2026-11-23 00:30")).open
    # And a holiday is that of the day there.
    assert (
        look(Hours(zone=NEW_YORK, holidays={date(2026, 11, 22): "x"}), at("2026-11-23 05:59")).code
        == "hours_holiday"
    )
    assert look(Hours(zone=NEW_YORK, holidays={date(2026, 11, 22): "x"}), at("2026-11-23 06:00")).open


def test_when_the_clocks_go_forward_the_hour_that_is_not_there_is_passed_over() -> None:
    """29 March 2026: 02:00 becomes 03:00."""
    early = Hours(zone=AMSTERDAM, spans=(Span(6, time(1), time(2, 30)), Span(6, time(3, 30), time(5))))
    start = datetime(2026, 3, 29, tzinfo=UTC)  # 01:00 there
    assert look(early, start).open
    assert look(early, start + timedelta(minutes=59, seconds=59)).open  # 01:59:59
    assert not look(early, start + timedelta(hours=1)).open  # 03:00, half past two never came
    assert look(early, start + timedelta(hours=1, minutes=30)).open  # 03:30
    assert not look(early, start + timedelta(hours=3)).open  # 05:00


def test_when_the_clocks_go_back_the_hour_that_comes_twice_counts_twice() -> None:
    """25 October 2026: 03:00 becomes 02:00."""
    early = Hours(zone=AMSTERDAM, spans=(Span(6, time(2, 15), time(2, 45)),))
    first, second = at("2026-10-25 02:30", fold=0), at("2026-10-25 02:30", fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert look(early, first.astimezone(UTC)).open
    assert look(early, second.astimezone(UTC)).open
    assert not look(early, at("2026-10-25 02:50", fold=0).astimezone(UTC)).open
    assert not look(early, at("2026-10-25 02:10", fold=1).astimezone(UTC)).open
    monday = at("2026-10-26 08:30").astimezone(UTC)
    assert look(OFFICE, monday).open
    assert not look(OFFICE, monday - timedelta(seconds=1)).open


def test_an_override_over_a_change_of_the_clocks_ends_at_the_moment_that_was_meant() -> None:
    closed = Hours(zone=AMSTERDAM, closed_until=at("2026-10-25 02:30", fold=1))
    assert not look(closed, at("2026-10-25 02:30", fold=0).astimezone(UTC)).open
    assert not look(closed, at("2026-10-25 02:29:59", fold=1).astimezone(UTC)).open
    assert look(closed, at("2026-10-25 02:30", fold=1).astimezone(UTC)).open


# --- rules for certain times


@pytest.mark.parametrize(
    ("weekdays", "start", "end", "when", "holds"),
    [
        ("", None, None, "2026-11-23 03:00", True),
        ("0", None, None, "2026-11-23 23:59", True),
        ("0", None, None, "2026-11-24 00:00", False),
        ("01234", time(9), time(17), "2026-11-23 09:00", True),
        ("01234", time(9), time(17), "2026-11-23 17:00", False),
        ("01234", time(9), time(17), "2026-11-22 12:00", False),
        ("", time(9), time(), "2026-11-23 23:59:59", True),
        ("", time(9), time(), "2026-11-24 00:00", False),
        # Friday evening until Saturday morning.
        ("4", time(22), time(6), "2026-11-27 22:00", True),
        ("4", time(22), time(6), "2026-11-28 05:59", True),
        ("4", time(22), time(6), "2026-11-28 06:00", False),
        ("4", time(22), time(6), "2026-11-28 22:00", False),
        ("4", time(22), time(6), "2026-11-27 05:00", False),
        # From Sunday into Monday.
        ("6", time(22), time(6), "2026-11-23 01:00", True),
    ],
)
def test_a_rule_for_certain_times(
    weekdays: str, start: time | None, end: time | None, when: str, holds: bool
) -> None:
    assert within(weekdays, start, end, at(when)) is holds


# --- spans that overlap


def span(day: int, start: str, end: str) -> Span:
    return Span(day, time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize(
    ("spans", "clashes"),
    [
        ([], []),
        ([span(0, "09:00", "12:00"), span(0, "12:00", "17:00")], []),
        ([span(0, "09:00", "12:00"), span(1, "09:00", "12:00")], []),
        ([span(0, "09:00", "12:00"), span(0, "11:59", "17:00")], [(1, 0)]),
        ([span(0, "11:00", "17:00"), span(0, "09:00", "12:00")], [(0, 1)]),
        ([span(0, "09:00", "12:00"), span(0, "09:00", "12:00")], [(1, 0)]),
        ([span(0, "22:00", "00:00"), span(1, "00:00", "02:00")], []),
        ([span(0, "20:00", "00:00"), span(0, "23:00", "23:30")], [(1, 0)]),
        ([span(0, "00:00", "00:00"), span(0, "09:00", "10:00"), span(0, "11:00", "12:00")], [(1, 0), (2, 0)]),
        ([span(0, "08:00", "18:00"), span(0, "09:00", "10:00"), span(0, "17:00", "19:00")], [(1, 0), (2, 0)]),
    ],
)
def test_spans_that_overlap_are_found(spans: list[Span], clashes: list[tuple[int, int]]) -> None:
    assert overlapping(spans) == clashes


# --- whatever the hours are


def _minute(minutes: int) -> time:
    return time(*divmod(minutes % 1440, 60))


@st.composite
def a_span(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 1439))
    return Span(draw(st.integers(0, 6)), _minute(start), _minute(draw(st.integers(start + 1, 1440))))


# How long an example takes says how busy the machine is, and nothing of the hours.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ZONES = st.sampled_from([AMSTERDAM, NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
HOURS = st.builds(
    Hours,
    zone=ZONES,
    spans=st.lists(a_span(), max_size=6).map(tuple),
    breaks=st.lists(a_span(), max_size=3).map(tuple),
    holidays=st.dictionaries(st.dates(date(2025, 1, 1), date(2030, 1, 1)), st.just("x"), max_size=5),
    closed_until=st.none() | MOMENTS,
)


def minutes(spans: tuple[Span, ...]) -> set[tuple[int, int]]:
    """Every (weekday, minute of the day) in the spans: the plain way to say the same."""
    return {
        (one.weekday, minute)
        for one in spans
        for minute in range(
            one.start.hour * 60 + one.start.minute, (one.end.hour * 60 + one.end.minute) or 1440
        )
    }


@unhurried
@given(HOURS, MOMENTS)
def test_it_is_open_when_the_wall_clock_says_so(hours: Hours, moment: datetime) -> None:
    wall = moment.astimezone(ZoneInfo(hours.zone))
    now = (wall.weekday(), wall.hour * 60 + wall.minute)
    wanted = (
        (hours.closed_until is None or moment >= hours.closed_until)
        and wall.date() not in hours.holidays
        and (not hours.spans or now in minutes(hours.spans))
        and now not in minutes(hours.breaks)
    )
    verdict = look(hours, moment)
    assert verdict.open is wanted
    assert (verdict.code == "hours_open") is wanted


@unhurried
@given(HOURS, MOMENTS, ZONES)
def test_it_does_not_matter_in_which_zone_somebody_asks(hours: Hours, moment: datetime, zone: str) -> None:
    assert look(hours, moment.astimezone(ZoneInfo(zone))) == look(hours, moment)


@unhurried
@given(st.lists(a_span(), max_size=8))
def test_exactly_what_shares_a_minute_overlaps(spans: list[Span]) -> None:
    shares = any(
        minutes((one,)) & minutes((other,)) for place, one in enumerate(spans) for other in spans[:place]
    )
    assert bool(overlapping(spans)) is shares


@unhurried
@given(a_span(), MOMENTS)
def test_a_rule_for_times_agrees_with_a_span(one: Span, moment: dt.datetime) -> None:
    hours = Hours(spans=(one,))
    start = one.start
    if one.end != time() and one.end <= start:
        return
    assert within(str(one.weekday), start, one.end, moment) is look(hours, moment).open
