"""A client that hears every event knows as much as one that asks anew: for every kind of event."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from typing import Any

import pytest
import redis.asyncio
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.utils import timezone

import live
from accounts.models import User
from api.events import events
from live.events import LineState, kind_of
from pbxsite.instance import instance
from presence.actions import do_end_statuses, do_set_status
from telephony.calls.blf import close_leftovers, show_lamps
from telephony.calls.log_rows import write_calls
from telephony.calls.log_writer import tell_logged
from telephony.calls.models import Call
from telephony.edge.agent import Agent
from telephony.edge.models import Registration
from telephony.engine.publisher import Ledger
from telephony.extensions.models import Department, Extension
from telephony.recordings.actions import do_delete_recording, tell
from telephony.recordings.models import Recording
from tests.rig import samples
from tests.rig.api import Someone, live_call, make_call, make_message, picture, register, show, upload
from tests.rig.replay import heard, prove
from tests.rig.web import make_phone
from voicemail.actions import do_delete_message, do_mark_heard, tell_lamp

pytestmark = pytest.mark.django_db
#: Kinds that are about the socket or about lists that no snapshot holds.
APART = {"reload", "bye", "recording"}
COVERED = {
    *("presence", "extension", "person", "favourites", "call", "logged", "seen", "hidden", "mailbox"),
    *("registration", "profile", "parking"),
    *samples.events(),
}


def done(act: Callable[[], Any]) -> Callable[[], None]:
    """`act`, and what waits for its commit."""

    def run() -> None:
        with TestCase.captureOnCommitCallbacks(execute=True):
            act()

    return run


def test_every_kind_of_event_is_proven_here() -> None:
    assert {kind_of(one) for one in events()} == COVERED | APART


# --- the team


def test_a_status_with_its_end_and_message(anna: Someone, bert: Someone) -> None:
    until = timezone.now() + datetime.timedelta(hours=1)
    prove(anna, done(lambda: do_set_status(bert.extension, "lunch", until=until, message="Soup")), "presence")
    prove(anna, done(lambda: do_end_statuses(until)), "presence")


def test_my_own_status(anna: Someone) -> None:
    prove(anna, lambda: anna.ask("PUT", "/presence", {"status": "dnd"}), "presence")


def lamps(**states: LineState) -> None:
    pipe = live.client().pipeline()
    show_lamps(pipe, {name[1:]: {"state": state} for name, state in states.items()}, instance.node)
    pipe.execute()


def test_a_telephone_that_rings_is_busy_and_idle_again(anna: Someone, bert: Someone) -> None:
    for state in ("ringing", "busy", "idle"):
        prove(anna, lambda state=state: lamps(x101=state), "extension")  # type: ignore[misc]


def test_who_hides_from_lamps_hides_from_events_too(anna: Someone, bert: Someone) -> None:
    Extension.objects.filter(number="101").update(lamp_private=True)
    before = anna.get("/snapshot")["event_id"]
    prove(bert, lambda: lamps(x101="busy"), "extension")
    assert heard(anna, before) == []


def rename(extension: Extension, name: str) -> None:
    extension.name = name
    extension.save()


def test_a_colleague_is_new_renamed_switched_off_and_deleted(anna: Someone) -> None:
    prove(anna, done(lambda: make_phone("300", "New")), "person")
    extension = Extension.objects.get(number="300")
    prove(anna, done(lambda: rename(extension, "Newer")), "person")
    extension.enabled = False
    prove(anna, done(extension.save), "person")
    extension.enabled = True
    prove(anna, done(extension.save), "person")
    prove(anna, done(extension.delete), "person")


def test_a_department_is_given_and_renamed(anna: Someone, bert: Someone) -> None:
    department = Department.objects.create(name="Sales")
    bert.extension.department = department
    prove(anna, done(bert.extension.save), "person")
    department.name = "Customers"
    prove(anna, done(department.save), "person")


def test_a_picture_of_a_colleague_and_of_mine(anna: Someone, bert: Someone) -> None:
    prove(anna, lambda: upload(bert, picture()), "person")
    prove(anna, lambda: upload(anna, picture("JPEG")), "person", "profile")
    prove(anna, lambda: anna.ask("DELETE", "/me/picture"), "person", "profile")


# --- mine alone


def test_favourites(anna: Someone, bert: Someone) -> None:
    prove(anna, lambda: anna.ask("PUT", "/people/101/favourite"), "favourites")
    since = live.last_event()
    prove(anna, lambda: anna.ask("DELETE", "/people/101/favourite"), "favourites")
    assert heard(bert, since) == [], "nobody else's business"


def test_settings(anna: Someone) -> None:
    change = {"language": "nl", "theme": "dark", "mobile": "0612345678"}
    prove(anna, lambda: anna.ask("PATCH", "/me", change), "profile")
    user = User.objects.get(pk=anna.user.pk)
    user.name = "Anna de Wit"
    prove(anna, done(user.save), "profile")


def test_messages_in_my_mailbox(anna: Someone, bert: Someone) -> None:
    message = make_message(anna.mailbox)
    message.delete()
    since = live.last_event()

    def leave() -> None:
        make_message(anna.mailbox, name="b")
        tell_lamp("100")

    prove(anna, leave, "mailbox")
    message = anna.mailbox.messages.get()
    prove(anna, done(lambda: do_mark_heard(message)), "mailbox")
    prove(anna, done(lambda: do_delete_message(message)), "mailbox")
    assert heard(bert, since) == []


@pytest.mark.django_db(transaction=True)
def test_my_device_registers_and_leaves(anna: Someone) -> None:
    """Told by the edge's agent, as it is when the edge reports a registration."""

    def announce() -> None:
        async def run() -> None:
            agent = Agent.__new__(Agent)
            agent.redis = redis.asyncio.Redis.from_url(instance.redis_url, decode_responses=True)
            await agent._announce(["100"])
            await agent.redis.aclose()

        asyncio.run(run())

    def arrive() -> None:
        register(anna.device)
        announce()

    def leave() -> None:
        Registration.objects.all().delete()
        announce()

    prove(anna, arrive, "registration")
    prove(anna, leave, "registration")


# --- calls


def test_a_call_of_mine_begins_changes_and_ends(anna: Someone, bert: Someone) -> None:
    prove(anna, lambda: live_call("c1", "100", "101", "ringing"), "call")
    prove(anna, lambda: live_call("c1", "100", "101"), "call")
    prove(anna, lambda: live_call("c1", "100", "101", recording_state="on"), "call")
    prove(anna, lambda: live_call("c1", "100", "101", ended=1_700_000_069.0), "call")


def test_a_call_that_i_leave_is_over_for_me_alone(anna: Someone, bert: Someone) -> None:
    call = live_call("c1", "100", "101")
    parties = [one for one in call["parties"] if one["extension"] != "100"]
    prove(anna, lambda: show({**call, "parties": parties}), "call")
    assert bert.get("/snapshot")["calls"] != []


def test_calls_of_others_are_none_of_my_business(anna: Someone) -> None:
    since = live.last_event()
    live_call("c1", "101", "102")
    live_call("c1", "101", "102", ended=1_700_000_069.0)
    assert heard(anna, since) == []


def ended(call_id: str, outcome: str, caller: str = "0612345678") -> None:
    """A call for 100 comes to its end: what the ledger of a media node does with it."""
    now = timezone.now().timestamp()
    call = live_call(call_id, caller, "100", ended=now)
    call |= {"outcome": outcome, "started": now - 9, "answered": None}
    for leg in call["legs"]:
        leg["answered"] = now if outcome == "answered" and leg["role"] == "target" else None
    call["legs"][0]["extension"] = ""
    write_calls([call])
    tell_logged([call])


def test_a_missed_call_counts_and_no_longer_when_i_looked(anna: Someone, bert: Someone) -> None:
    for number, outcome in enumerate(("no_answer", "voicemail", "busy", "unavailable", "cancelled")):
        prove(anna, lambda number=number, outcome=outcome: ended(f"a{number}", outcome), "call", "logged")  # type: ignore[misc]
    since = live.last_event()
    prove(anna, lambda: anna.ask("POST", "/calls/seen"), "seen")
    assert heard(bert, since) == []


def test_the_event_of_a_call_in_the_log_is_what_the_log_says(anna: Someone) -> None:
    for number, outcome in enumerate(("answered", "no_answer", "service")):
        since = live.last_event()
        ended(f"b{number}", outcome)
        (event,) = [one for one in heard(anna, since) if one["kind"] == "logged"]
        assert event["entry"] == anna.get("/calls")["calls"][0]


def test_a_missed_call_that_i_hide_no_longer_counts(anna: Someone) -> None:
    call = make_call("0612345678", "100", "no_answer")
    prove(anna, lambda: anna.ask("DELETE", f"/calls/{call.pk}"), "hidden")
    assert Call.objects.filter(pk=call.pk).exists()


def test_a_call_is_parked_and_fetched(anna: Someone, bert: Someone) -> None:
    """Everybody sees the slots, as the ledger of a media node tells them."""
    ledger = Ledger(instance.node, instance.var)

    def park(slot: str) -> None:
        call: Any = live_call("c1", "101", "102", "parked" if slot else "talking", slot=slot)
        call["parties"][0]["state"] = "parked" if slot else "talking"
        ledger._living["c1"] = ledger._unshown["c1"] = call
        ledger._show()

    park("")
    prove(anna, lambda: park("701"), "parking")
    assert anna.get("/snapshot")["parking"] == [{"slot": "701", "call": "c1", "number": "101", "name": ""}]
    prove(anna, lambda: park(""), "parking")


def test_a_recording_is_told_to_those_who_may_hear_it(anna: Someone, bert: Someone) -> None:
    call = make_call("101", "100")
    Extension.objects.filter(number="100").update(recordings="own")
    Extension.objects.filter(number="101").update(recordings="none")
    now = timezone.now()
    since = live.last_event()
    recording = Recording.objects.create(
        call_id=call.pk, file="c.wav", started=now, expires=now, seconds=9, bytes=9
    )
    recording.parties.create(number="100", extension="100", user=anna.user)
    tell(recording, recording.state)
    done(lambda: do_delete_recording(recording, None))()
    event = {"kind": "recording", "id": recording.pk, "call": call.pk}
    assert heard(anna, since) == [{**event, "state": "raw"}, {**event, "state": "deleted"}]
    assert heard(bert, since) == []


def test_calls_that_a_dead_media_node_left_behind_are_over(anna: Someone, bert: Someone) -> None:
    live_call("c1", "101", "100")
    prove(anna, lambda: close_leftovers(instance.node), "call", "logged", "extension")
    assert anna.get("/snapshot")["calls"] == []


def test_a_picture_that_is_none_changes_nothing(anna: Someone) -> None:
    since = live.last_event()
    upload(anna, SimpleUploadedFile("me.png", b"no picture"))
    assert heard(anna, since) == []
