"""Every call ends up in the log, once, however it ended."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import OperationalError
from django.utils import timezone

import live
from telephony.calls import log_writer
from telephony.calls.log_rows import Snapshot, finish_lost, write_calls
from telephony.calls.log_writer import CallLog
from telephony.calls.models import Call, CallLeg
from telephony.calls.story import tell
from telephony.calls.tasks import close_abandoned_calls

pytestmark = pytest.mark.django_db
STARTED = 1_790_000_000.25


def leg(number: str, role: str = "target", **more: Any) -> dict[str, Any]:
    return {
        "role": role,
        "number": number,
        "extension": number,
        "device": None,
        "state": "answered",
        "held": False,
        "status": 0,
        "codec": "PCMA",
        "started": STARTED,
        "answered": STARTED + 2,
        "ended": None,
        **more,
    }


def snapshot(call_id: str = "0000000000abc", **more: Any) -> Snapshot:
    """A call as the media node shows it: 100 talks to 101."""
    return {
        "id": call_id,
        "node": "media1",
        "direction": "internal",
        "state": "talking",
        "outcome": "live",
        "reason": "",
        "caller": "100",
        "caller_name": "Anna",
        "dialled": "101",
        "answered_by": "101",
        "recording": "",
        "started": STARTED,
        "answered": STARTED + 2,
        "ended": None,
        "steps": [{"at": 0.0, "code": "called", "args": {"caller": "100", "number": "101"}}],
        "legs": [leg("100", "caller"), leg("101")],
        **more,
    }


def ended(one: Snapshot) -> Snapshot:
    """The same call after it was hung up."""
    steps = [*one["steps"], {"at": 62.0, "code": "hung_up", "args": {"who": "100"}}]
    legs = [{**part, "ended": STARTED + 62, "status": 200} for part in one["legs"]]
    return {
        **one,
        "state": "ended",
        "outcome": "answered",
        "ended": STARTED + 62,
        "steps": steps,
        "legs": legs,
    }


def test_a_call_that_is_written_while_it_lives_and_when_it_ends_is_one_row() -> None:
    alive = snapshot()
    write_calls([alive])
    row = Call.objects.get()
    assert (row.outcome, row.ended, row.seconds) == ("live", None, None)
    assert row.started.timestamp() == STARTED
    assert not CallLeg.objects.exists()

    write_calls([ended(alive)])
    row = Call.objects.get()
    assert (row.outcome, row.seconds, row.answered_by) == ("answered", 60, "101")
    assert [step["code"] for step in row.steps] == ["called", "hung_up"]
    assert [(part.role, part.number, part.status) for part in row.legs.all()] == [
        ("caller", "100", 200),
        ("target", "101", 200),
    ]


def test_many_calls_are_written_at_once_new_and_known() -> None:
    write_calls([snapshot("0000000000aaa")])
    write_calls(
        [ended(snapshot("0000000000aaa")), snapshot("0000000000bbb"), ended(snapshot("0000000000ccc"))]
    )
    assert dict(Call.objects.values_list("id", "outcome")) == {
        "0000000000aaa": "answered",
        "0000000000bbb": "live",
        "0000000000ccc": "answered",
    }
    assert CallLeg.objects.count() == 4


def test_names_of_people_are_data() -> None:
    name = "Robert'); DROP TABLE telephony_call; -- %s {0} 100%"
    write_calls([snapshot(caller_name=name, dialled="%(id)s")])
    assert Call.objects.get().caller_name == name


def test_a_call_of_a_node_that_died_is_said_to_be_lost() -> None:
    known, unknown = snapshot("0000000000aaa"), snapshot("0000000000bbb")
    write_calls([known, snapshot("0000000000ccc"), ended(snapshot("0000000000ddd"))])
    finish_lost("media1", [dict(known), dict(unknown)])
    lost = Call.objects.filter(outcome=Call.Outcome.LOST)
    assert {row.pk for row in lost} == {"0000000000aaa", "0000000000bbb", "0000000000ccc"}
    for row in lost:
        assert row.ended is not None
        assert tell(row.steps, "en")[-1].endswith("The call was lost because the media node media1 stopped.")
    assert Call.objects.get(pk="0000000000ddd").outcome == "answered"
    # Those that Redis remembered have their legs, all of them ended.
    assert CallLeg.objects.filter(call__in=["0000000000aaa", "0000000000bbb"], ended=None).count() == 0
    assert CallLeg.objects.filter(call="0000000000bbb").count() == 2


def test_calls_of_other_nodes_are_not_lost_with_this_one() -> None:
    write_calls([snapshot(node="media2")])
    finish_lost("media1", [])
    assert Call.objects.get().outcome == "live"


# --- a database that is away


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The database takes nothing, until this is undone."""
    with monkeypatch.context() as away:

        def refuse(*_calls: Any) -> None:
            raise OperationalError("the server has gone away")

        away.setattr(log_writer, "write_calls", refuse)
        yield away


def test_calls_that_could_not_be_logged_are_logged_by_the_next_life_of_the_node(
    tmp_path: Path, away: pytest.MonkeyPatch
) -> None:
    spill = tmp_path / "unlogged.jsonl"
    before = CallLog(spill)
    before.add([ended(snapshot("0000000000aaa")), snapshot("0000000000bbb")])
    before._write()
    before.add([ended(snapshot("0000000000bbb")), ended(snapshot("0000000000ccc"))])
    before._write()
    away.undo()
    # It was killed while it wrote one more; and one call had been taken by the database after all.
    with spill.open("a") as file:
        file.write('{"id": "0000000000dd')
    write_calls([ended(snapshot("0000000000aaa"))])

    after = CallLog(spill)
    after.start()
    assert dict(Call.objects.values_list("id", "outcome")) == dict.fromkeys(
        ("0000000000aaa", "0000000000bbb", "0000000000ccc"), "answered"
    )
    assert CallLeg.objects.count() == 6
    assert not spill.exists()
    after.stop(5)


def test_what_is_in_the_log_in_the_end_is_in_no_file(tmp_path: Path, away: pytest.MonkeyPatch) -> None:
    spill = tmp_path / "unlogged.jsonl"
    calls = CallLog(spill)
    calls.add([ended(snapshot())])
    calls._write()
    assert len(spill.read_text().splitlines()) == 1
    away.undo()
    calls._write()
    assert (Call.objects.get().outcome, CallLeg.objects.count(), spill.exists()) == ("answered", 2, False)
    calls.add([ended(snapshot("0000000000bbb"))])
    calls._write()
    assert not spill.exists()


# --- what beat does every minute


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Snapshot]:
    """What Redis shows of the live calls."""
    calls: list[Snapshot] = []
    monkeypatch.setattr(live, "live_calls", lambda: calls)
    return calls


def test_a_call_that_no_node_knows_any_more_is_closed(shown: list[Snapshot]) -> None:
    abandoned, living = snapshot("0000000000aaa"), snapshot("0000000000bbb")
    fresh = snapshot("0000000000ccc", started=time.time())
    write_calls([abandoned, living, fresh])
    shown.append(living)
    long_ago = timezone.now() - datetime.timedelta(minutes=2)
    Call.objects.exclude(pk="0000000000ccc").update(started=long_ago)
    close_abandoned_calls()
    assert dict(Call.objects.values_list("id", "outcome")) == {
        "0000000000aaa": "lost",
        "0000000000bbb": "live",
        "0000000000ccc": "live",
    }
    row = Call.objects.get(pk="0000000000aaa")
    assert row.steps[-1]["code"] == "lost"
    assert row.steps[-1]["at"] == pytest.approx(120, abs=5)


def test_without_redis_no_call_is_said_to_be_lost() -> None:
    write_calls([snapshot()])
    Call.objects.update(started=timezone.now() - datetime.timedelta(hours=1))
    with pytest.raises(redis.RedisError):
        close_abandoned_calls()
    assert Call.objects.get().outcome == "live"


def test_a_call_that_was_taken_for_lost_is_put_right_when_it_ends(shown: list[Snapshot]) -> None:
    alive = snapshot()
    write_calls([alive])
    Call.objects.update(started=timezone.now() - datetime.timedelta(hours=1))
    close_abandoned_calls()
    assert Call.objects.get().outcome == "lost"
    write_calls([ended(alive)])
    row = Call.objects.get()
    assert (row.outcome, row.reason, row.seconds) == ("answered", "", 60)
    assert [step["code"] for step in row.steps] == ["called", "hung_up"]
