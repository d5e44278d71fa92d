"""My calls and my voicemail messages: listed, filtered, played, taken off the list."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from telephony.calls.models import Call
from telephony.extensions.models import Extension
from telephony.recordings.models import Recording
from tests.rig.api import Someone, make_call, make_message

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = datetime.timedelta(hours=1)


def arrows(someone: Someone, query: str = "") -> list[tuple[str, str]]:
    return [(call["arrow"], call["number"]) for call in someone.get(f"/calls{query}")["calls"]]


def test_the_log_has_an_arrow_for_each_call_of_mine_and_none_of_others(anna: Someone, bert: Someone) -> None:
    make_call("100", "101")
    make_call("101", "100")
    make_call("+31201234567", "100", "voicemail", direction="inbound", caller_name="Dentist")
    make_call("101", "102")
    assert arrows(anna) == [("missed", "+31201234567"), ("in", "101"), ("out", "101")]
    first, second, _third = anna.get("/calls")["calls"]
    assert (first["name"], first["extension"], first["seconds"]) == ("Dentist", "", None)
    assert (second["name"], second["extension"], second["seconds"]) == ("Bert", "101", 65)


def test_a_call_that_was_sent_to_voicemail_before_it_rang_is_missed_all_the_same(anna: Someone) -> None:
    call = make_call("0612345678", "100", "voicemail")
    call.legs.filter(role="target").delete()
    assert arrows(anna) == [("missed", "0612345678")]


def test_a_call_that_a_colleague_answered_is_not_missed(anna: Someone, bert: Someone) -> None:
    call = make_call("0612345678", "600", "answered")
    call.legs.create(role="target", number="100", extension="100", started=NOW)
    assert arrows(anna) == [("in", "0612345678")]


def test_the_log_is_filtered_searched_and_read_page_by_page(anna: Someone, bert: Someone) -> None:
    for number in range(30):
        make_call(f"+3120123{number:04d}", "100", "no_answer" if number % 2 else "answered")
    make_call("100", "101")
    assert len(arrows(anna, "?arrow=missed")) == 15
    assert arrows(anna, "?search=bert") == [("out", "101")]
    assert arrows(anna, "?search=020-123 0007") == [("missed", "+31201230007")]
    seen: list[str] = []
    before = ""
    while before is not None:
        page = anna.get(f"/calls?limit=7&before={before}" if before else "/calls?limit=7")
        seen += [call["id"] for call in page["calls"]]
        before = page["before"]
    assert len(seen) == len(set(seen)) == 31 and seen == sorted(seen, reverse=True)


def test_a_page_of_the_log_costs_as_many_queries_with_more_calls(anna: Someone, bert: Someone) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("/calls")
        return len(queries)

    make_call("101", "100")
    few = cost()
    for _call in range(20):
        make_call("101", "100")
    assert cost() == few


def test_a_call_that_i_take_off_my_list_stays_on_that_of_my_colleague(anna: Someone, bert: Someone) -> None:
    call = make_call("101", "100")
    assert anna.ask("DELETE", f"/calls/{call.pk}").status_code == 204
    assert arrows(anna) == [] and arrows(bert) == [("out", "100")]
    assert Call.objects.filter(pk=call.pk).exists()


def test_why_it_rang_here_is_told_in_my_language(anna: Someone) -> None:
    call = make_call("101", "100")
    assert anna.get(f"/calls/{call.pk}/story")["steps"] == [{"at": 0.0, "text": "101 called 100."}]
    dutch = anna.get(f"/calls/{call.pk}/story", **{"accept-language": "nl"})
    assert dutch["steps"][0]["text"] == "101 belde 100." or anna.user.language == "en"


def test_a_recording_is_in_the_log_of_who_may_hear_it(anna: Someone, bert: Someone) -> None:
    call = make_call("101", "100")
    recording = Recording.objects.create(
        call_id=call.pk, file="c.wav", started=NOW, expires=NOW + HOUR, seconds=9, bytes=9
    )
    recording.parties.create(number="100", extension="100", user=anna.user)
    heard = lambda: anna.get("/calls")["calls"][0]["recordings"]  # noqa: E731
    Extension.objects.update(recordings="none")
    assert heard() == [] and anna.get("/me")["rights"]["recordings"] == "none"
    Extension.objects.filter(number="100").update(recordings="own")
    assert heard() == [recording.pk] and anna.get("/me")["rights"]["recordings"] == "own"
    assert bert.get("/calls")["calls"][0]["recordings"] == []
    Recording.objects.update(state=Recording.State.LOST)
    assert heard() == []


def test_missed_calls_count_until_i_look_at_them(anna: Someone) -> None:
    missed = make_call("0612345678", "100", "no_answer")
    assert anna.get("/snapshot")["missed"] == [missed.pk]
    anna.ask("POST", "/calls/seen")
    assert anna.get("/snapshot")["missed"] == []


def test_my_messages_are_listed_played_marked_and_deleted(anna: Someone) -> None:
    message = make_message(anna.mailbox, seconds=2)
    (listed,) = anna.get("/voicemail")["messages"]
    assert (listed["number"], listed["seconds"], listed["heard"]) == ("101", 2, False)
    sound = anna.browser.get(f"/api/v1/voicemail/{message.pk}/sound")
    assert sound.status_code == 200 and sound.headers["Content-Type"] == "audio/wav"
    assert "attachment" not in sound.headers["Content-Disposition"]
    saved = anna.browser.get(f"/api/v1/voicemail/{message.pk}/sound?download=true")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert anna.ask("PATCH", f"/voicemail/{message.pk}", {"heard": True}).json()["heard"] is True
    assert anna.get("/snapshot")["voicemail"] == {"new": 0, "old": 1}
    assert anna.ask("DELETE", f"/voicemail/{message.pk}").status_code == 204
    assert anna.get("/voicemail") == {"messages": [], "before": None} and not message.path.exists()


def test_messages_come_in_pages(anna: Someone) -> None:
    for number in range(5):
        make_message(anna.mailbox, name=str(number))
    first = anna.get("/voicemail?limit=3")
    second = anna.get(f"/voicemail?limit=3&before={first['before']}")
    assert (len(first["messages"]), len(second["messages"]), second["before"]) == (3, 2, None)
