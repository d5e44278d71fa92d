"""My devices, and the browser as one of them."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.utils import timezone

from accounts.models import User
from pbxsite.instance import instance
from telephony.extensions.browsers import do_purge_browsers
from telephony.extensions.models import Device
from tests.rig.api import Edge, Someone, register, session_of

pytestmark = pytest.mark.django_db


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
