"""What an administrator sees and does while the exchange runs: registrations, bans, calls, trunks, mailboxes."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any, cast

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

import live
from accounts.models import User
from pbxsite.asgi import application
from pbxsite.instance import instance
from telephony.calls.models import Call, CallLeg
from telephony.edge import trunks
from telephony.edge.models import Ban, Registration
from telephony.extensions.models import RingGroup, RingGroupMember
from telephony.trunks.models import InboundNumber, Trunk
from tests.rig.servers import Servers
from tests.rig.web import Edge, empty_inline, make_phone, post, shown_once, sign_in
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def registration(db: None) -> Registration:
    return Registration.objects.create(
        device=make_phone(),
        extension="100",
        contact="sip:100@192.0.2.9:5060",
        source="udp:192.0.2.9:5060",
        user_agent="Desk 1.0",
        since=NOW,
        expires=NOW + HOUR,
    )


def test_registrations_are_listed_with_who_and_from_where(admin: Client, registration: Registration) -> None:
    page = admin.get("/admin/telephony/registration/").content.decode()
    for text in ("Anna", "udp:192.0.2.9:5060", "Desk 1.0"):
        assert text in page
    assert 'data-live="registration"' in page


def test_a_registration_is_ended_at_the_edge(admin: Client, registration: Registration, edge: Edge) -> None:
    page = post(
        admin, "/admin/telephony/registration/", {"action": "end", "_selected_action": registration.pk}
    )
    assert edge.asked == [("drop_registration", "100", "sip:100@192.0.2.9:5060")]
    assert "1 registration ended." in page.content.decode()
    assert not Registration.objects.exists()


def test_a_registration_stays_when_the_edge_is_away(
    admin: Client, registration: Registration, edge: Edge
) -> None:
    edge.away = True
    page = post(
        admin, "/admin/telephony/registration/", {"action": "end", "_selected_action": registration.pk}
    )
    assert "could not be ended: the edge does not answer" in page.content.decode()
    assert Registration.objects.exists()


@pytest.mark.parametrize("where", ["device", "extension"])
def test_who_is_switched_off_stops_ringing(
    admin: Client, registration: Registration, edge: Edge, where: str
) -> None:
    device = registration.device
    assert device
    if where == "device":
        post(admin, f"/admin/telephony/device/{device.pk}/change/", {"kind": "desk", "label": ""})
    else:
        form = {"number": "100", "name": "Anna", "language": "nl", "ring_seconds": "20", "recordings": "none"}
        inlines = empty_inline("devices") | empty_inline("mailbox")
        post(admin, f"/admin/telephony/extension/{device.extension_id}/change/", form | inlines)
    assert edge.asked == [("drop_registration", "100", "sip:100@192.0.2.9:5060")]


@pytest.mark.parametrize("where", ["device", "extension"])
def test_who_is_deleted_stops_ringing(
    admin: Client, registration: Registration, edge: Edge, where: str
) -> None:
    key = registration.device_id if where == "device" else registration.device.extension_id  # type: ignore[union-attr]
    post(admin, f"/admin/telephony/{where}/{key}/delete/", {"post": "yes"})
    assert edge.asked == [("drop_registration", "100", "sip:100@192.0.2.9:5060")]
    assert not Registration.objects.exists()


@pytest.fixture
def ban(db: None) -> Ban:
    return Ban.objects.create(
        address="192.0.2.66", reason="wrong password", username="1000", since=NOW, until=NOW + HOUR
    )


def test_a_ban_is_lifted_at_the_edge(admin: Client, ban: Ban, edge: Edge) -> None:
    page = post(admin, "/admin/telephony/ban/", {"action": "lift", "_selected_action": ban.pk})
    assert edge.asked == [("lift_ban", "192.0.2.66")]
    assert "No longer banned: 192.0.2.66." in page.content.decode()
    assert not Ban.objects.exists()


def test_a_ban_stays_when_the_edge_is_away(admin: Client, ban: Ban, edge: Edge) -> None:
    edge.away = True
    page = post(admin, "/admin/telephony/ban/", {"action": "lift", "_selected_action": ban.pk})
    assert "could not be lifted: the edge does not answer" in page.content.decode()
    assert Ban.objects.exists()


def test_a_ban_is_not_lifted_by_who_may_only_look(clerk: User, ban: Ban, edge: Edge) -> None:
    clerk.user_permissions.add(Permission.objects.get(codename="view_ban"))
    post(sign_in(clerk), "/admin/telephony/ban/", {"action": "lift", "_selected_action": ban.pk})
    assert edge.asked == [] and Ban.objects.exists()


@pytest.fixture
def call(db: None) -> Call:
    call = Call.objects.create(
        id="c1",
        node="media1",
        direction="internal",
        outcome="answered",
        caller="100",
        caller_name="Anna",
        dialled="101",
        answered_by="101",
        started=NOW,
        answered=NOW + datetime.timedelta(seconds=4),
        ended=NOW + datetime.timedelta(seconds=69),
        steps=[
            {"at": 0.0, "code": "called", "args": {"caller": "100", "number": "101"}},
            {"at": 4.0, "code": "answered", "args": {"who": "101", "seconds": 4}},
            {"at": 5.0, "code": "a_code_of_tomorrow", "args": {}},
        ],
    )
    CallLeg.objects.create(call=call, role="target", number="101", started=NOW, status=200, codec="G722")
    return call


def test_a_call_tells_why_it_went_where_it_went_in_the_readers_language(admin: Client, call: Call) -> None:
    english = admin.get("/admin/telephony/call/c1/change/").content.decode()
    admin.post("/i18n/setlang/", {"language": "nl"})
    dutch = admin.get("/admin/telephony/call/c1/change/").content.decode()
    assert "100 called 101." in english and "100 belde 101." in dutch
    assert "a_code_of_tomorrow" in english
    assert "1:05" in english and "G722" in english


def test_calls_are_found_by_number_name_outcome_and_direction(admin: Client, call: Call) -> None:
    def found(query: str) -> bool:
        return (
            "/admin/telephony/call/c1/change/"
            in admin.get(f"/admin/telephony/call/?{query}").content.decode()
        )

    assert found("q=Anna") and found("q=101") and not found("q=555")
    assert found("outcome__exact=answered") and not found("outcome__exact=busy")
    assert found("direction__exact=internal") and not found("direction__exact=inbound")
    year = NOW.astimezone(timezone.get_default_timezone()).year
    assert found(f"started__year={year}") and not found(f"started__year={year - 1}")


def test_nobody_changes_the_call_log(admin: Client, call: Call) -> None:
    assert admin.get("/admin/telephony/call/add/").status_code == 403
    assert admin.post("/admin/telephony/call/c1/change/", {"caller": "x"}).status_code == 403
    assert admin.post("/admin/telephony/call/c1/delete/", {"post": "yes"}).status_code == 403


TRUNK = {
    "name": "Line",
    "kind": "address",
    "host": "192.0.2.1",
    "port": "5060",
    "transport": "udp",
    "number_format": "e164",
    "expires": "600",
    "position": "0",
    "enabled": "on",
}


def numbers(*rows: tuple[str, str]) -> dict[str, str]:
    form = {"numbers-TOTAL_FORMS": str(len(rows)), "numbers-INITIAL_FORMS": "0"}
    form |= {"events-TOTAL_FORMS": "0", "events-INITIAL_FORMS": "0"}
    for index, (number, target) in enumerate(rows):
        row = {"number": number, "kind": "extension", "target": target}
        form |= {f"numbers-{index}-{name}": value for name, value in row.items()}
    return form


def test_a_trunk_with_its_numbers_is_told_to_the_edge(admin: Client, edge: Edge) -> None:
    make_phone("100")
    post(admin, "/admin/telephony/trunk/add/", TRUNK | numbers(("+31201234567", "100")))
    assert (edge.trunks, edge.asked) == (["192.0.2.1"], [("reload_trunks",)])
    assert InboundNumber.objects.get().target == "100"


def test_a_provider_is_named_by_its_domain_and_reached_by_tls(admin: Client, edge: Edge) -> None:
    domain = {"host": "provider.example", "port": "", "transport": "dns", "verify": "on"}
    post(admin, "/admin/telephony/trunk/add/", TRUNK | numbers() | domain)
    (peer,) = trunks.read_peers()
    assert (peer.host, peer.port, peer.transport, peer.verify) == ("provider.example", None, "dns", True)
    assert "provider.example dns" in admin.get("/admin/telephony/trunk/").content.decode()
    page = f"/admin/telephony/trunk/{peer.id}/change/"
    wrong = admin.post(page, TRUNK | numbers() | domain | {"port": "5060"})
    assert "the DNS records name the port, too" in wrong.content.decode()
    wrong = admin.post(page, TRUNK | numbers() | {"transport": "tls", "authority": "Dear Sir or Madam"})
    assert "No certificate in PEM form." in wrong.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_trunk_is_saved_with_a_warning_when_the_edge_is_away(admin: Client, edge: Edge) -> None:
    edge.away = True
    page = post(admin, "/admin/telephony/trunk/add/", TRUNK | numbers())
    assert Trunk.objects.exists()
    assert "Saved, but the edge does not know it yet: the edge does not answer" in page.content.decode()


def test_a_number_must_lead_to_an_extension_or_a_ring_group(admin: Client, edge: Edge) -> None:
    page = admin.post("/admin/telephony/trunk/add/", TRUNK | numbers(("+31201234567", "100")))
    assert "There is no extension 100." in page.content.decode()
    assert not Trunk.objects.exists() and edge.asked == []


def test_a_trunks_password_is_never_shown_and_stays_when_nothing_is_typed(admin: Client, edge: Edge) -> None:
    trunk = Trunk.objects.create(name="Line", host="192.0.2.1", username="us", password="hush-hush")
    page = f"/admin/telephony/trunk/{trunk.pk}/change/"
    assert "hush-hush" not in admin.get(page).content.decode()
    post(admin, page, TRUNK | numbers() | {"host": "192.0.2.2", "username": "us", "password": ""})
    trunk.refresh_from_db()
    assert (trunk.host, trunk.password) == ("192.0.2.2", "hush-hush")
    post(admin, page, TRUNK | numbers() | {"username": "us", "password": "new"})
    trunk.refresh_from_db()
    assert trunk.password == "new"


def test_an_extension_and_a_ring_group_never_share_a_number(admin: Client) -> None:
    make_phone("100")
    group = {"number": "100", "name": "Sales", "strategy": "all", "ring_seconds": "20"}
    page = admin.post("/admin/telephony/ringgroup/add/", group | empty_inline("ringgroupmember_set"))
    assert "100 is the extension of Anna." in page.content.decode()

    RingGroup.objects.create(number="600", name="Sales")
    extension = {
        "number": "600",
        "name": "Bert",
        "language": "nl",
        "ring_seconds": "20",
        "recordings": "none",
    }
    page = admin.post(
        "/admin/telephony/extension/add/", extension | empty_inline("devices") | empty_inline("mailbox")
    )
    assert "600 is the ring group Sales." in page.content.decode()
    assert not RingGroup.objects.filter(number="100").exists()


def test_an_extension_with_phone_and_mailbox_on_its_own_page_shows_both_secrets_once(admin: Client) -> None:
    form = {
        "number": "105",
        "name": "Lobby",
        "language": "nl",
        "ring_seconds": "20",
        "recordings": "none",
        "enabled": "on",
        "devices-TOTAL_FORMS": "2",
        "devices-INITIAL_FORMS": "0",
        "devices-0-kind": "desk",
        "devices-0-enabled": "on",
        "devices-1-kind": "soft",
        "devices-1-enabled": "on",
        "devices-1-label": "second",
        "mailbox-TOTAL_FORMS": "1",
        "mailbox-INITIAL_FORMS": "0",
        "mailbox-0-enabled": "on",
        "mailbox-0-send_email": "on",
    }
    told = shown_once(post(admin, "/admin/telephony/extension/add/", form))
    assert set(told) >= {"secret", "PIN"}
    mailbox = Mailbox.objects.get(extension__number="105")
    assert mailbox.check_pin(told["PIN"])
    assert sorted(mailbox.extension.devices.values_list("username", flat=True)) == ["105", "105-2"]


def test_members_of_a_ring_group_keep_their_order(admin: Client) -> None:
    first, second = make_phone("100").extension, make_phone("101", "Bert").extension
    form = {
        "number": "600",
        "name": "Sales",
        "strategy": "order",
        "ring_seconds": "15",
        "enabled": "on",
        "ringgroupmember_set-TOTAL_FORMS": "2",
        "ringgroupmember_set-INITIAL_FORMS": "0",
        "ringgroupmember_set-0-extension": str(second.pk),
        "ringgroupmember_set-0-position": "0",
        "ringgroupmember_set-1-extension": str(first.pk),
        "ringgroupmember_set-1-position": "1",
    }
    post(admin, "/admin/telephony/ringgroup/add/", form)
    assert list(RingGroupMember.objects.values_list("extension__number", flat=True)) == ["101", "100"]


def test_a_mailbox_that_is_locked_is_seen_found_and_opened_again(admin: Client, mailbox: Mailbox) -> None:
    other = Mailbox(extension=make_phone("101", "Bert").extension)
    other.set_pin("1234")
    other.failures, other.locked_until = 10, timezone.now() + HOUR
    other.save()
    page = admin.get("/admin/voicemail/mailbox/?locked=yes").content.decode()
    assert "101 Bert" in page and "100 Anna" not in page
    assert "100 Anna" in admin.get("/admin/voicemail/mailbox/?locked=no").content.decode()

    post(admin, "/admin/voicemail/mailbox/", {"action": "unlock", "_selected_action": other.pk})
    other.refresh_from_db()
    assert not other.locked and other.failures == 0


def test_a_new_pin_is_shown_once_and_opens_a_locked_mailbox(admin: Client, mailbox: Mailbox) -> None:
    mailbox.locked_until = timezone.now() + HOUR
    mailbox.save()
    url = f"/admin/voicemail/mailbox/{mailbox.pk}/renew_pin/"
    admin.get(url)
    mailbox.refresh_from_db()
    assert mailbox.check_pin("1234") and mailbox.locked

    told = shown_once(post(admin, url, {"_form_submitted": "on"}))
    mailbox.refresh_from_db()
    assert mailbox.check_pin(told["PIN"]) and not mailbox.locked


def test_the_overview_counts_what_goes_on(
    admin: Client, registration: Registration, ban: Ban, call: Call
) -> None:
    page = admin.get("/admin/").content.decode()
    for text in (
        "Registered phones",
        "of 1 in use",
        "New bans",
        "Last calls",
        "Anna → 101",
        "unknown: Redis is away",
    ):
        assert text in page


@pytest.mark.django_db(transaction=True)
async def test_a_page_hears_that_something_changed_and_nothing_more(
    clerk: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Servers(tmp_path / "servers") as servers:
        servers.start("redis")
        monkeypatch.setitem(instance.__dict__, "redis_url", servers.instance.redis_url)
        live.client.cache_clear()
        await clerk.user_permissions.aadd(await Permission.objects.aget(codename="view_registration"))
        browser = Client()
        await browser.aforce_login(clerk)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items()).encode()
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookies)]
        page = WebsocketCommunicator(application, "/ws/admin/", headers=headers)
        assert (await page.connect())[0]
        assert await page.receive_json_from(5) == {"kind": "ready"}
        live.publish(cast(Any, {"kind": "call", "caller": "100"}))
        live.client().publish(live.LIVE, "not JSON")
        live.publish(cast(Any, {"kind": "registration", "extension": "100", "source": "udp:192.0.2.9:5060"}))
        assert await page.receive_json_from(5) == {"kind": "registration"}, "and not the call"
        await page.disconnect()


def test_live_calls_are_counted_from_redis(
    admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Servers(tmp_path / "servers") as servers:
        servers.start("redis")
        monkeypatch.setitem(instance.__dict__, "redis_url", servers.instance.redis_url)
        live.client.cache_clear()
        for name in ("a", "b"):
            live.client().hset("kiestoon:calls:media1", name, json.dumps({"started": 1.0}))
        page = admin.get("/admin/").content.decode()
    assert "<strong>2</strong>" in page and "going on right now" in page


def test_every_outcome_of_a_call_is_told_in_words_in_the_list(admin: Client) -> None:
    for outcome in Call.Outcome:
        Call.objects.create(
            id=outcome.value,
            node="m",
            direction="internal",
            outcome=outcome,
            caller="1",
            dialled="2",
            started=NOW,
        )
    page = admin.get("/admin/telephony/call/").content.decode()
    for outcome in Call.Outcome:
        assert re.search(rf">\s*{outcome.label}\s*</span>", page), outcome
