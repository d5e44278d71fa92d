"""What a client reads and changes: who one is, the team, favourites, calls, voicemail, devices, pictures, status."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import io
import json
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

import live
from accounts.actions import do_change_profile
from accounts.models import User
from pbxsite.instance import instance
from presence.actions import do_set_status
from telephony.calls import control
from telephony.calls.models import Call
from telephony.edge.models import Registration
from telephony.extensions.browsers import do_purge_browsers
from telephony.extensions.models import Device, Extension
from telephony.recordings.models import Recording
from tests.rig.api import Edge, Someone, live_call, make_call, make_message, session_of, show
from tests.rig.web import make_phone

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = datetime.timedelta(hours=1)


def register(device: Device, address: str = "udp:192.0.2.9:5060") -> Registration:
    return Registration.objects.create(
        device=device,
        extension=device.extension.number,
        contact=f"sip:{device.username}@192.0.2.9",
        source=address,
        user_agent="Desk 1.0",
        since=NOW,
        expires=NOW + HOUR,
    )


# --- who I am


def test_i_am_told_who_i_am(anna: Someone) -> None:
    me = anna.get("/me")
    assert me["user"] == {
        "id": anna.user.pk,
        "name": "Anna",
        "email": "anna@example.org",
        "language": "en",
        "theme": "system",
        "picture": "",
        "is_staff": False,
    }
    assert me["extension"] == "100" and me["rights"]["listen_in"] is False


def test_language_theme_and_mobile_number_are_mine_to_change(anna: Someone) -> None:
    answer = anna.ask("PATCH", "/me", {"language": "nl", "theme": "dark", "mobile": "06 12345678"})
    assert answer.status_code == 200
    me = anna.get("/me")
    assert (me["user"]["language"], me["user"]["theme"], me["mobile"]) == ("nl", "dark", "+31612345678")


def test_two_changes_at_the_same_moment_do_not_undo_each_other(anna: Someone) -> None:
    one, other = User.objects.get(pk=anna.user.pk), User.objects.get(pk=anna.user.pk)
    do_change_profile(one, language="nl")
    do_change_profile(other, theme="dark")
    me = anna.get("/me")["user"]
    assert (me["language"], me["theme"]) == ("nl", "dark")


def test_complaints_are_in_my_own_language(anna: Someone) -> None:
    del anna.browser.defaults["HTTP_ACCEPT_LANGUAGE"]
    anna.ask("PATCH", "/me", {"language": "nl"})
    complaint = anna.ask("PATCH", "/me", {"theme": "pink"}).json()["detail"][0]
    assert complaint == {"field": "theme", "message": "Dit is geen van de mogelijke waarden."}
    # The sign-in page of this browser speaks it too now, and what is chosen there changes nothing here.
    assert anna.browser.cookies["django_language"].value == "nl"
    anna.browser.cookies["django_language"] = "en"
    assert anna.ask("PATCH", "/me", {"theme": "pink"}).json()["detail"] == [complaint]


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return SimpleUploadedFile("me.html", file.getvalue(), "text/html")


def upload(someone: Someone, file: SimpleUploadedFile) -> Any:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return someone.browser.post("/api/v1/me/picture", {"picture": file})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_drawn_anew_and_seen_by_colleagues(anna: Someone, bert: Someone, kind: str) -> None:
    url = upload(anna, picture(kind)).json()["user"]["picture"]
    assert bert.get("/people")[0]["picture"] == url
    answer: Any = bert.browser.get(url)
    assert answer.headers["Content-Type"] == "image/webp"
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (shown.format, shown.size) == ("WEBP", (256, 256))


def test_a_new_picture_takes_the_place_of_the_old_one_and_can_be_removed(anna: Someone) -> None:
    first = upload(anna, picture()).json()["user"]["picture"]
    second = upload(anna, picture()).json()["user"]["picture"]
    assert anna.browser.get(first).status_code == 404 and anna.browser.get(second).status_code == 200
    anna.ask("DELETE", "/me/picture")
    assert anna.browser.get(second).status_code == 404 and anna.get("/me")["user"]["picture"] == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<script>alert(1)</script>", "This is no picture: use JPEG, PNG, WebP or GIF."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is no picture: use JPEG, PNG, WebP or GIF."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "This is no picture: use JPEG, PNG, WebP or GIF."),
        (b"x" * (5 * 1024 * 1024 + 1), "The picture is larger than 5 MB."),
    ],
    ids=["html", "svg", "broken", "large"],
)
def test_what_is_no_picture_or_too_large_is_refused(anna: Someone, content: bytes, message: str) -> None:
    answer = upload(anna, SimpleUploadedFile("me.png", content, "image/png"))
    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"field": "picture", "message": message}]}


def test_a_picture_of_too_many_pixels_is_refused(anna: Someone) -> None:
    answer = upload(anna, picture("PNG", (10_000, 5_000)))
    assert answer.json() == {"detail": [{"field": "picture", "message": "The picture has too many pixels."}]}


# --- the team


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


# --- my calls


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


# --- voicemail


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


# --- devices and the browser as one


def test_my_devices_are_listed_with_where_they_are_and_can_be_signed_out(anna: Someone, edge: Edge) -> None:
    register(anna.device)
    (device,) = anna.get("/devices")
    assert (device["registered"], device["address"], device["user_agent"]) == (
        True,
        "udp:192.0.2.9:5060",
        "Desk 1.0",
    )
    assert anna.ask("DELETE", f"/devices/{device['id']}/registration").status_code == 204
    assert edge.asked == [("drop_registration", "100", "sip:100@192.0.2.9")]
    assert anna.get("/devices")[0]["registered"] is False


def lend(browser: Client, known: int | None = None) -> Any:
    body = {"device_id": known} if known else {}
    return browser.post("/api/v1/phone/credentials", json.dumps(body), content_type="application/json")


def test_a_browser_elsewhere_that_is_signed_out_is_a_strangers(anna: Someone, edge: Edge) -> None:
    elsewhere = Client()
    elsewhere.post("/account/login/", {"login": "100", "password": "secret"})
    lent = lend(elsewhere).json()
    assert edge_knows(lent["username"])
    assert anna.ask("DELETE", f"/devices/{lent['device_id']}/registration").status_code == 204
    assert edge_knows(lent["username"]) is None
    assert lend(elsewhere).status_code == 401, "it asks for a password"
    assert anna.get("/me")["extension"] == "100"


def test_a_tab_of_this_browser_that_is_signed_out_does_not_ring_again(anna: Someone, edge: Edge) -> None:
    lent = lend(anna.browser).json()
    assert anna.ask("DELETE", f"/devices/{lent['device_id']}/registration").status_code == 204
    assert edge_knows(lent["username"]) is None
    answer = lend(anna.browser, lent["device_id"])
    assert answer.status_code == 403 and "another one" in answer.json()["detail"][0]["message"]
    assert lend(anna.browser).status_code == 200, "a new tab does"


def test_an_edge_that_is_away_is_told_in_plain_words(anna: Someone, edge: Edge) -> None:
    register(anna.device)
    edge.away = True
    answer = anna.ask("DELETE", f"/devices/{anna.device.pk}/registration")
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["detail"][0]["message"]


def edge_knows(username: str) -> str | None:
    """The HA1 with which the edge would let this SIP user in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ha1 FROM edge_subscriber WHERE username = %s", [username])
        row = cursor.fetchone()
    return row[0] if row else None


def ha1(lent: dict[str, Any]) -> str:
    text = f"{lent['username']}:{lent['realm']}:{lent['password']}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_a_browser_is_lent_a_secret_that_the_edge_knows_and_nobody_keeps(anna: Someone) -> None:
    lent = anna.ask("POST", "/phone/credentials", {}).json()
    assert lent["uri"] == f"sip:100@{instance.realm}"
    assert lent["socket_url"] == f"ws://testserver:{instance.ws_port}/"
    assert edge_knows(lent["username"]) == ha1(lent)
    row = Device.objects.filter(pk=lent["device_id"]).values()[0]
    assert lent["password"] not in str(row) and str(session_of(anna.browser).session_key) not in str(row)
    left = datetime.datetime.fromisoformat(lent["expires"]) - timezone.now()
    assert datetime.timedelta(hours=11) < left <= datetime.timedelta(hours=12)


def test_the_same_tab_keeps_its_device_and_gets_a_new_secret(anna: Someone) -> None:
    first = anna.ask("POST", "/phone/credentials", {}).json()
    again = anna.ask("POST", "/phone/credentials", {"device_id": first["device_id"]}).json()
    other = anna.ask("POST", "/phone/credentials", {}).json()
    assert again["username"] == first["username"] and again["password"] != first["password"]
    assert edge_knows(again["username"]) == ha1(again)
    assert other["device_id"] != first["device_id"] and edge_knows(other["username"]) == ha1(other)


def test_somebody_elses_browser_is_not_taken_over(anna: Someone, bert: Someone) -> None:
    mine = anna.ask("POST", "/phone/credentials", {}).json()
    theirs = bert.ask("POST", "/phone/credentials", {"device_id": mine["device_id"]}).json()
    assert theirs["device_id"] != mine["device_id"] and edge_knows(mine["username"]) == ha1(mine)


def test_a_session_has_no_more_than_eight_browsers(anna: Someone) -> None:
    lent = [anna.ask("POST", "/phone/credentials", {}).json() for _tab in range(10)]
    known = [one["username"] for one in lent if edge_knows(one["username"])]
    assert known == [one["username"] for one in lent[2:]]


def test_signing_out_ends_the_browsers_of_that_session(anna: Someone, edge: Edge) -> None:
    lent = anna.ask("POST", "/phone/credentials", {}).json()
    device = Device.objects.get(pk=lent["device_id"])
    register(device, "ws:192.0.2.9:40000")
    with TestCase.captureOnCommitCallbacks(execute=True):
        anna.browser.logout()
    assert edge_knows(lent["username"]) is None
    assert edge.asked == [("drop_registration", "100", f"sip:{device.username}@192.0.2.9")]


def test_a_secret_ends_by_itself(anna: Someone, edge: Edge) -> None:
    lent = anna.ask("POST", "/phone/credentials", {}).json()
    device = Device.objects.get(pk=lent["device_id"])
    register(device)
    Device.objects.filter(pk=device.pk).update(expires=timezone.now() - datetime.timedelta(seconds=1))
    assert edge_knows(lent["username"]) is None, "at once"
    assert [one["id"] for one in anna.get("/devices")] == [anna.device.pk]
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert do_purge_browsers() == 1
    assert edge.asked and not Device.objects.filter(pk=device.pk).exists()
    assert Device.objects.filter(pk=anna.device.pk).exists(), "desk phones stay"


@pytest.mark.parametrize("what", ["password", "is_active"])
def test_a_new_password_and_being_shut_out_end_every_browser_of_a_person(
    anna: Someone, bert: Someone, edge: Edge, what: str
) -> None:
    hers, his = (one.ask("POST", "/phone/credentials", {}).json() for one in (anna, bert))
    user = User.objects.get(pk=anna.user.pk)
    if what == "password":
        user.set_password("another one")
    else:
        user.is_active = False
    user.save()
    assert edge_knows(hers["username"]) is None and edge_knows(his["username"]) == ha1(his)
    assert edge_knows("100"), "the desk phone stays"


def test_who_is_shut_out_loses_the_browser(anna: Someone, edge: Edge) -> None:
    anna.ask("POST", "/phone/credentials", {})
    User.objects.filter(pk=anna.user.pk).update(is_active=False)
    assert do_purge_browsers() == 1


def test_a_browser_says_whether_it_can_ring(anna: Someone) -> None:
    lent = anna.ask("POST", "/phone/credentials", {}).json()
    url = f"/devices/{lent['device_id']}/light"
    lights = lambda: {one["id"]: one["can_ring"] for one in anna.get("/devices")}  # noqa: E731
    assert lights()[lent["device_id"]] is None
    assert anna.ask("PUT", url, {"can_ring": True}).status_code == 204
    assert lights()[lent["device_id"]] is True
    anna.ask("PUT", url, {"can_ring": False, "lacking": ["microphone"]})
    assert lights()[lent["device_id"]] is False
    assert anna.ask("PUT", f"/devices/{anna.device.pk}/light", {"can_ring": True}).status_code == 404


def test_the_network_test_learns_which_parts_are_well(anna: Someone) -> None:
    network = anna.get("/network")
    assert network["live"] is True and network["sip"] is False


# --- my calls that go on


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the media nodes are asked to do, at the border of our own code."""
    seen: list[tuple[Any, ...]] = []

    def command(verb: str, call: str, **args: Any) -> str:
        seen.append((verb, call, args))
        return "ok"

    def originate(*args: Any, **more: Any) -> str:
        seen.append(("originate", *args, more))
        return "c9"

    monkeypatch.setattr(control, "command", command)
    monkeypatch.setattr(control, "originate", originate)
    return seen


def test_my_live_calls_show_my_own_leg_and_not_my_colleagues_device(anna: Someone, bert: Someone) -> None:
    live_call("c1", "100", "101")
    live_call("c2", "102", "103")
    (call,) = anna.get("/calls/live")
    mine, other = call["parties"]
    assert (mine["device"], mine["sip_call_id"]) == (1, "sip-100")
    assert (other["device"], other["sip_call_id"]) == (None, "")


def test_a_listener_is_seen_by_nobody_else(anna: Someone, bert: Someone) -> None:
    call = live_call("c1", "100", "101")
    call["parties"].append({**call["parties"][0], "leg": "c1-102", "extension": "102", "state": "listening"})
    live.client().hset(live.CALLS.format(node=instance.node), "c1", json.dumps(call))
    assert [one["leg"] for one in anna.get("/calls/live")[0]["parties"]] == ["c1-100", "c1-101"]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"verb": "hold"}, {}),
        ({"verb": "hangup"}, {}),
        ({"verb": "mute", "on": True}, {"on": True}),
        ({"verb": "transfer", "number": "102"}, {"number": "102"}),
        ({"verb": "consult", "number": "102"}, {"number": "102"}),
        ({"verb": "complete"}, {}),
        ({"verb": "add", "number": "0201234567"}, {"number": "0201234567"}),
        ({"verb": "drop", "number": "101"}, {"number": "101"}),
        ({"verb": "drop", "leg": "c1-101"}, {"leg": "c1-101"}),
        ({"verb": "park", "slot": "701"}, {"slot": "701"}),
        ({"verb": "record", "on": True}, {"on": True}),
    ],
    ids=lambda value: value.get("verb") if isinstance(value, dict) else None,
)
def test_a_command_goes_to_the_call_in_my_name(
    anna: Someone, asked: list[Any], body: dict[str, Any], sent: dict[str, Any]
) -> None:
    live_call("c1", "100", "101")
    assert anna.ask("POST", "/calls/c1/command", body).status_code == 200
    assert asked == [(body["verb"], "c1", {"extension": "100", **sent})]


def test_a_call_moves_to_my_own_device_only(anna: Someone, bert: Someone, asked: list[Any]) -> None:
    live_call("c1", "100", "101")
    assert (
        anna.ask("POST", "/calls/c1/command", {"verb": "move", "device": anna.device.pk}).status_code == 200
    )
    assert (
        anna.ask("POST", "/calls/c1/command", {"verb": "move", "device": bert.device.pk}).status_code == 404
    )
    assert len(asked) == 1


def test_a_supervisor_listens_in(anna: Someone, bert: Someone, asked: list[Any]) -> None:
    Extension.objects.filter(number="100").update(may_listen_in=True)
    live_call("c1", "101", "102")
    assert anna.ask("POST", "/calls/c1/command", {"verb": "listen"}).status_code == 200
    assert anna.ask("POST", "/calls/c1/command", {"verb": "hangup"}).status_code == 404


def test_a_call_that_only_rings_is_answered_first(anna: Someone, asked: list[Any]) -> None:
    call = live_call("c1", "101", "100", "ringing")
    call["parties"][1]["state"] = "ringing"
    show(call)
    assert anna.ask("POST", "/calls/c1/command", {"verb": "hold"}).status_code == 409
    assert anna.ask("POST", "/calls/c1/command", {"verb": "voicemail"}).status_code == 200
    assert [verb for verb, *_rest in asked] == ["voicemail"]


def test_a_command_that_fails_says_why(anna: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_more: Any) -> None:
        raise control.ControlError("Nobody has answered this call yet.")

    monkeypatch.setattr(control, "command", refuse)
    live_call("c1", "100", "101")
    answer = anna.ask("POST", "/calls/c1/command", {"verb": "hold"})
    assert answer.status_code == 409
    assert answer.json()["detail"] == [{"field": "", "message": "Nobody has answered this call yet."}]


def test_a_call_begins_at_a_device_of_mine(anna: Someone, asked: list[Any]) -> None:
    assert anna.ask("POST", "/calls", {"number": "0201234567"}).json() == {"call": "c9"}
    anna.ask("POST", "/calls", {"number": "101", "device": anna.device.pk})
    anna.ask("POST", "/calls", {"number": "101", "device": "mobile"})
    assert asked == [
        ("originate", "100", "0201234567", {}),
        ("originate", "100", "101", {"device": anna.device.pk}),
        ("originate", "100", "101", {"device": "mobile"}),
    ]


# --- my status and where my calls go


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
