"""My status and where my calls go."""

from __future__ import annotations

import datetime
import json

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from tests.rig.api import Someone

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def test_my_status_changes_for_good_or_for_a_while(anna: Someone, bert: Someone) -> None:
    until = (timezone.now() + HOUR).isoformat()
    answer = anna.ask("PUT", "/presence", {"status": "lunch", "until": until, "message": "Back at one"})
    assert answer.json()["status"] == "lunch"
    (colleague, _bert) = bert.get("/people")
    assert (colleague["status"], colleague["message"]) == ("lunch", "Back at one")
    past = anna.ask("PUT", "/presence", {"status": "away", "until": "2020-01-01T12:00:00Z"})
    assert past.status_code == 422 and past.json()["detail"][0]["field"] == "until"


def test_working_hours_forwardings_and_exceptions_are_kept(anna: Someone, bert: Someone) -> None:
    spans = [{"weekday": 0, "start": "09:00", "end": "17:00"}]
    assert anna.ask("PUT", "/presence/hours", {"own": True, "spans": spans}).json()["spans"] == spans
    rule = {"status": "away", "source": "external", "case": "always", "kind": "extension", "target": "101"}
    assert rule in anna.ask("PUT", "/forwarding/rules", {"rules": [rule]}).json()["rules"]
    exception = {
        "enabled": True,
        "caller": "0201234567",
        "weekdays": "01",
        "start": "09:00",
        "end": "12:00",
        "kind": "busy",
        "target": "",
    }
    kept = anna.ask("PUT", "/forwarding/exceptions", {"exceptions": [exception]}).json()
    assert kept["exceptions"][0]["weekdays"] == "01" and kept["exceptions"][0]["kind"] == "busy"
    change = {"accept_multiple": False, "ring_seconds": 33}
    options = anna.ask("PATCH", "/forwarding/options", change).json()["options"]
    assert (options["accept_multiple"], options["ring_seconds"]) == (False, 33)
    reach = anna.get("/forwarding")
    assert len(reach["rules"]) == 12 and rule in reach["rules"] and len(reach["exceptions"]) == 1


def test_who_rings_if_i_am_called_then(anna: Someone, bert: Someone) -> None:
    rule = {
        "status": "available",
        "source": "external",
        "case": "no_answer",
        "kind": "extension",
        "target": "101",
    }
    anna.ask("PUT", "/forwarding/rules", {"rules": [rule]})
    told = anna.ask("POST", "/simulate", {"caller": "+31612345678", "at": "2026-03-06 18:05"}).json()
    assert told["at"] == "2026-03-06T17:05:00+00:00"
    rings = [step["targets"] for step in told["steps"] if step["kind"] == "ring"]
    assert rings[:2] == [["100"], ["101"]]
    wrong = anna.ask("POST", "/simulate", {"caller": "+31612345678", "at": "someday"})
    assert wrong.status_code == 422 and wrong.json()["detail"][0]["field"] == "at"


def test_where_a_colleagues_calls_go_is_for_administrators_who_may_see_that(
    anna: Someone, bert: Someone
) -> None:
    question = {"caller": "+31612345678", "called": "101"}
    assert anna.ask("POST", "/simulate", question).status_code == 403
    User.objects.filter(pk=anna.user.pk).update(is_staff=True)
    assert anna.ask("POST", "/simulate", question).status_code == 403
    anna.user.user_permissions.add(Permission.objects.get(codename="view_presence"))
    assert anna.ask("POST", "/simulate", question).status_code == 200


def test_a_wrong_row_is_named(anna: Someone) -> None:
    right = {"status": "away", "source": "internal", "case": "always", "kind": "busy"}
    wrong = {"status": "dnd", "source": "internal", "case": "always", "kind": "extension", "target": "999"}
    answer = anna.ask("PUT", "/forwarding/rules", {"rules": [right, wrong]})
    assert answer.status_code == 422 and answer.json()["detail"][0]["field"] == "rules.1.target"
    assert all(rule["kind"] == "voicemail" for rule in anna.get("/forwarding")["rules"]), "nothing of it"
    overlap = [
        {"weekday": 1, "start": "09:00", "end": "12:00"},
        {"weekday": 1, "start": "11:00", "end": "13:00"},
    ]
    answer = anna.ask("PUT", "/presence/hours", {"own": True, "spans": overlap})
    assert answer.json()["detail"][0]["field"] == "spans.1.start"
    assert json.loads(answer.content)["detail"][0]["message"]
