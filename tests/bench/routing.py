"""How fast calls are decided: plans alone, and whole calls with everything switched on that can be set."""

from __future__ import annotations

import datetime
import itertools
import time

from telephony.bench_rules import everything_switched_on
from telephony.routing import Request, plan
from telephony.routing.directory import Directory
from tests.bench.exchange import CALLEE, Exchange
from tests.bench.figures import emit, note
from tests.bench.groups import measure_setup

PEOPLE = 1000
PLANNING = 5.0  # seconds
RATE, SECONDS = 100, 20.0
MORNING = datetime.datetime(2026, 3, 4, 10, tzinfo=datetime.UTC)


def routing(exchange: Exchange) -> None:
    """Plans a second in this process, then calls that are forwarded to who has rules of their own."""
    measure_plans()
    note("routing: everything is switched on")
    exchange.manage("demo", "--bench", str(exchange.users), "--rules")
    time.sleep(3)  # the media node reads the directory
    # Each of these users is away, and forwards colleagues to 1002.
    dialled = tuple(exchange.user(number) for number in range(min(exchange.users, 200)))
    measure_setup(exchange, RATE, SECONDS, "routing.", dialled)


def measure_plans(seconds: float = PLANNING) -> None:
    """Calls from inside and outside, for people with every kind of rule."""
    note(f"routing: plans for {seconds:g} s")
    directory = everything_switched_on(PEOPLE)
    requests = list(_requests(directory))
    for request in requests:
        plan(directory, request)  # numbers that were seen before are known
    done, began = 0, time.process_time()
    for request in itertools.cycle(requests):
        plan(directory, request)
        done += 1
        if not done % 1000 and time.process_time() - began > seconds:
            break
    used = time.process_time() - began
    emit(
        "routing.plans_per_s",
        done / used,
        "plans/s",
        people=PEOPLE,
        requests=len(requests),
        microseconds_each=round(used / done * 1e6, 1),
    )


def _requests(directory: Directory) -> list[Request]:
    """From inside to everybody, and from outside to the number of ours."""
    people = sorted(directory.extensions)
    busy = frozenset(people[::3])
    inside = [Request(people[0], number, at=MORNING, busy=busy) for number in people if number != CALLEE]
    outside = [
        Request(f"+3161234{number:04}", number_of_ours, 1, at=MORNING, busy=busy)
        for number, number_of_ours in enumerate(itertools.islice(itertools.cycle(directory.inbound), 500))
    ]
    return [*inside, *outside]
