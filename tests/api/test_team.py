"""The team as one of it sees it: status, department, line, favourites; what is read and sent again."""

from __future__ import annotations

import datetime
import gzip
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import live
from presence.actions import do_set_status
from telephony.extensions.models import Extension
from tests.rig.api import Someone, make_call
from tests.rig.web import make_phone

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def test_the_team_is_told_with_status_department_and_line(anna: Someone, bert: Someone) -> None:
    do_set_status(bert.extension, "away", message="Dentist")
    live.client().hset(live.LAMPS, "101", json.dumps({"state": "busy"}))
    assert anna.get("/people") == [
        {
            "extension": "100",
            "name": "Anna",
            "department": "",
            "picture": "",
            "status": "available",
            "until": None,
            "message": "",
            "line": "idle",
        },
        {
            "extension": "101",
            "name": "Bert",
            "department": "",
            "picture": "",
            "status": "away",
            "until": None,
            "message": "Dentist",
            "line": "busy",
        },
    ]


def test_a_thousand_colleagues_cost_as_many_queries_as_ten(anna: Someone) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("/people")
        return len(queries)

    few = cost()
    Extension.objects.bulk_create(Extension(number=str(2000 + n), name=f"Person {n}") for n in range(1000))
    anna.ask("PUT", "/presence", {"status": "away"})
    assert cost() == few and len(anna.get("/people")) == 1001


def test_a_team_that_nobody_changed_is_not_read_again(anna: Someone, bert: Someone) -> None:
    anna.get("/people")
    with CaptureQueriesContext(connection) as queries:
        bert.get("/people")
    assert not [query for query in queries if "presence_presence" in query["sql"]]
    until = timezone.now() + HOUR
    bert.ask("PUT", "/presence", {"status": "lunch", "until": until.isoformat()})
    assert anna.get("/people")[1]["status"] == "lunch"
    with time_machine.travel(until + datetime.timedelta(seconds=1)):
        assert anna.get("/people")[1]["status"] == "available", "though nobody said so"


def test_what_did_not_change_is_not_sent_again(anna: Someone) -> None:
    first = anna.ask("GET", "/people")
    again = anna.ask("GET", "/people", **{"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    anna.ask("PUT", "/presence", {"status": "away"})
    assert anna.ask("GET", "/people", **{"if-none-match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", ["/people", "/snapshot", "/calls"])
def test_what_is_long_goes_packed_to_who_can_unpack_it(anna: Someone, path: str) -> None:
    Extension.objects.bulk_create(Extension(number=str(2000 + n), name=f"Zoë {n}") for n in range(200))
    for _call in range(20):
        make_call("101", "100", "no_answer")
    plain = anna.ask("GET", path, **{"accept-encoding": "br, gzip;q=0"})
    packed = anna.ask("GET", path, **{"accept-encoding": "gzip, deflate, br"})
    assert gzip.decompress(packed.content) == plain.content and json.loads(plain.content)
    assert len(packed.content) < len(plain.content) / 4
    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in plain.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_who_hides_from_lamps_is_only_seen_on_a_call_by_themselves(anna: Someone, bert: Someone) -> None:
    bert.extension.lamp_private = True
    bert.extension.save()
    live.client().hset(live.LAMPS, "101", json.dumps({"state": "busy"}))
    assert [one["line"] for one in anna.get("/people")] == ["idle", "idle"]
    assert [one["line"] for one in bert.get("/people")] == ["idle", "busy"]


def test_favourites_are_mine_alone_and_keep_their_order(anna: Someone, bert: Someone) -> None:
    make_phone("102", "Carl")
    anna.ask("PUT", "/people/102/favourite")
    anna.ask("PUT", "/people/102/favourite")
    assert anna.ask("PUT", "/people/101/favourite").json() == ["102", "101"]
    assert bert.get("/snapshot")["favourites"] == []
    assert anna.ask("DELETE", "/people/102/favourite").json() == ["101"]
    assert anna.ask("PUT", "/people/999/favourite").status_code == 404
