"""Calls to outside in the administration, what is used of the limits, and the mails about both."""

from __future__ import annotations

import datetime
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from telephony.calls import usage
from telephony.calls.models import Call, CallLeg
from telephony.edge import providers, trunks
from telephony.edge.peers import TrunkPeer
from telephony.extensions.models import Department, Extension
from telephony.trunks import alerts, directory
from telephony.trunks.models import InboundNumber, Trunk, TrunkEvent, TrunkState
from telephony.trunks.rules import CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights
from telephony.trunks.tasks import mail_alert_to
from tests.rig.web import make_phone

pytestmark = pytest.mark.django_db


@dataclass(eq=False)
class FakeLeg:
    answered_at: float | None = None
    ended_at: float | None = None


def test_the_pages_of_rules_limits_and_rights_open(admin: Client) -> None:
    trunk = Trunk.objects.create(name="Lijn", host="192.0.2.1")
    TrunkState.objects.create(trunk=trunk, state="away", since=timezone.now(), error="403 Account Closed")
    TrunkEvent.objects.create(trunk=trunk, at=timezone.now(), state="away", error="403 Account Closed")
    rule = OutboundRule.objects.create(name="Alles")
    OutsideRights.objects.create(extension=make_phone("100").extension)
    for page in (
        "trunk/",
        f"trunk/{trunk.pk}/change/",
        "outboundrule/",
        f"outboundrule/{rule.pk}/change/",
        "outboundrule/add/",
        "outsiderights/",
        "callinglimits/",
    ):
        answer = admin.get(f"/admin/telephony/{page}", follow=True)
        assert answer.status_code == 200, page
        if page.startswith("trunk/"):
            assert "403 Account Closed" in answer.content.decode()
    assert CallingLimits.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("addresses", "192.0.2.1, not an address!"),
        ("addresses", "sip.example.org:99999"),
        ("caller_id", "Anna"),
        ("domain", "a b"),
        ("kind", "registration"),
        ("authority", "-----BEGIN CERTIFICATE-----"),
        ("port", "0"),
    ],
)
def test_a_trunk_that_makes_no_sense_is_refused_at_the_field(field: str, value: str) -> None:
    trunk = Trunk(name="Lijn", host="192.0.2.1", **{field: value})
    with pytest.raises(ValidationError) as error:
        trunk.full_clean()
    assert field in error.value.message_dict or "username" in error.value.message_dict


def test_addresses_may_be_names_ports_and_networks() -> None:
    addresses = "192.0.2.1, b.example.org:5080 2001:db8::1 192.0.2.0/28"
    trunk = Trunk(name="Lijn", host="sip.example.org", addresses=addresses)
    trunk.full_clean()
    # What the form takes, the edge reads.
    assert list(providers._further(TrunkPeer(1, trunk.host, 5060, addresses=trunk.addresses))) == [
        ("192.0.2.1", 5060),
        ("b.example.org", 5080),
        ("2001:db8::1", 5060),
        ("192.0.2.0/28", 5060),
    ]


@pytest.mark.parametrize(
    ("kind", "target", "field"),
    [
        ("extension", "199", "target"),
        ("mobile", "", "target"),
        ("voicemail", "", "target"),
        ("outside", "x", "target"),
    ],
)
def test_a_number_of_ours_that_leads_nowhere_is_refused(kind: str, target: str, field: str) -> None:
    trunk = Trunk.objects.create(name="Lijn", host="192.0.2.1")
    with pytest.raises(ValidationError) as error:
        InboundNumber(number="020 1234567", trunk=trunk, kind=kind, target=target).full_clean()
    assert field in error.value.message_dict


def test_a_number_of_ours_is_kept_in_one_form() -> None:
    make_phone("100")
    trunk = Trunk.objects.create(name="Lijn", host="192.0.2.1")
    row = InboundNumber(number="020 123 45 67", trunk=trunk, kind="extension", target="100")
    row.full_clean()
    row.save()
    assert row.number == "+31201234567"
    with pytest.raises(ValidationError):
        InboundNumber(number="0031201234567", trunk=trunk, kind="extension", target="100").full_clean()
    assert directory.load_inbound()["+31201234567"].destination.target == "100"


def test_codes_of_countries_are_checked() -> None:
    CallingLimits(countries="NL, be de").full_clean()
    with pytest.raises(ValidationError):
        CallingLimits(countries="NL, Nederland").full_clean()


def test_everything_that_decides_is_read(django_assert_max_num_queries: Any) -> None:
    anna = make_phone("100").extension
    department = Department.objects.create(name="Verkoop", caller_id="+31202222222")
    Extension.objects.filter(pk=anna.pk).update(department=department)
    OutsideRights.objects.create(extension=anna, minutes=10)
    one, off = (
        Trunk.objects.create(name=name, host="192.0.2.1", enabled=on)
        for name, on in (("A", True), ("B", False))
    )
    for name, trunk in (("Eerst", off), ("Dan", one)):
        rule = OutboundRule.objects.create(name=name, position=name == "Dan")
        OutboundRuleTrunk.objects.create(rule=rule, trunk=trunk)
        rule.departments.add(department)
    CallingLimits.objects.create(countries="nl be", calls=5)
    with django_assert_max_num_queries(9):
        found = directory.load_outbound()
    assert [rule.name for rule in found.rules] == ["Dan"], "a rule without a trunk in use is none"
    assert found.rules[0].departments == {department.pk}
    assert (found.countries, found.calls) == ({"NL", "BE"}, 5)
    assert (found.person_calls, found.longest) == (30, 240), "unless somebody chooses otherwise"
    person = found.people["100"]
    assert (person.minutes, person.department, person.department_caller_id) == (
        10,
        department.pk,
        "+31202222222",
    )
    off.enabled = True
    OutboundRule.objects.exclude(name="Eerst").delete()
    found = directory.load_outbound()
    assert [rule.allowed for rule in found.rules] == [False], (
        "rules that cannot be used are not the same as none"
    )


def logged(node: str, payer: str, seconds: int, began: datetime.datetime) -> None:
    call = Call.objects.create(
        id=f"c{Call.objects.count()}",
        node=node,
        direction="outbound",
        caller=payer,
        dialled="x",
        started=began,
    )
    CallLeg.objects.create(
        call=call,
        role="target",
        number="x",
        trunk=1,
        payer=payer,
        started=began,
        answered=began,
        ended=began + datetime.timedelta(seconds=seconds),
    )


def test_what_the_log_has_of_today_counts_once() -> None:
    meter = usage.Meter("media1")
    now = timezone.now()
    midnight = usage.midnight()
    before, after = midnight + (now - midnight) / 2, now + datetime.timedelta(seconds=1)
    logged("media1", "100", 60, before)
    logged("media1", "100", 600, after)  # this node counts it itself
    logged("media2", "100", 30, after)
    logged("media2", "101", 5, midnight - datetime.timedelta(hours=2))  # yesterday
    assert usage.seconds_logged("media1", meter.began) == {"100": 90}


def test_a_leg_that_was_moved_counts_once_and_of_a_call_over_midnight_the_rest_of_it() -> None:
    midnight = usage.midnight()
    begin = midnight + (timezone.now() - midnight) / 2
    logged("media2", "100", 30, begin)  # until it is transferred into another call
    logged("media2", "100", 90, begin)
    logged("media2", "101", 3600 + 20, midnight - datetime.timedelta(hours=1))
    found = usage.seconds_logged("media1", timezone.now())
    assert found == {"100": 90, "101": 20}


def test_the_meter_counts_what_runs_and_what_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = usage.Meter("media1")
    monkeypatch.setattr(usage, "midnight", lambda: timezone.localtime() - datetime.timedelta(hours=10))
    ringing, talking = FakeLeg(), FakeLeg(answered_at=time.time() - 90)
    meter.begin(ringing, "100")
    meter.begin(talking, "101")
    used = meter.usage()
    assert (used.calls, used.calls_of["100"], used.calls_of["101"]) == (2, 1, 1)
    assert 89 <= used.seconds_of["101"] <= 92
    talking.ended_at = time.time()
    meter.end(talking)
    meter.end(ringing)
    used = meter.usage()
    assert used.calls == 0
    assert 89 <= used.seconds <= 92
    meter.doubt(7)
    assert meter.usage().away == {7}


def test_a_change_of_a_trunks_state_is_written_once() -> None:
    trunk = Trunk.objects.create(name="Lijn", host="192.0.2.1")
    away = {trunk.pk: trunks.Health("away", "403 Account Closed"), 99: trunks.Health("away")}
    (news,) = trunks.store(away)
    assert (news["kind"], news["id"], news["name"], news["state"]) == ("trunk", trunk.pk, "Lijn", "away")
    assert trunks.store(away) == []
    assert len(trunks.store({trunk.pk: trunks.Health("registered")})) == 1
    assert list(TrunkEvent.objects.values_list("state", flat=True)) == ["registered", "away"]
    trunks.store({})
    assert not TrunkState.objects.exists()


def test_the_command_lists_the_trunks(capsys: pytest.CaptureFixture[str]) -> None:
    trunk = Trunk.objects.create(name="Lijn", host="192.0.2.1")
    TrunkState.objects.create(trunk=trunk, state="away", since=timezone.now(), error="no answer")
    Trunk.objects.create(name="Uit", host="provider.example", port=None, transport="tls", enabled=False)
    call_command("trunks", "--json")
    first, second = json.loads(capsys.readouterr().out)
    assert (first["state"], first["error"], second["state"]) == ("away", "no answer", "off")
    call_command("trunks")
    listed = capsys.readouterr().out
    assert "Lijn" in listed and "192.0.2.1:5060 (address)" in listed and "provider.example tls" in listed


@pytest.mark.parametrize(("language", "words"), [("nl", "ligt in een land"), ("en", "is in a country")])
def test_administrators_read_in_their_language_why_a_call_was_refused(language: str, words: str) -> None:
    user = User.objects.create(email="chef@example.org", name="Chef", is_staff=True, language=language)
    mail_alert_to(user.pk, "country_blocked", {"number": "+18765551234", "country": "JM"})
    (sent,) = mail.outbox
    assert sent.to == ["chef@example.org"]
    assert words in sent.body and "+18765551234" in sent.body


def test_the_same_cause_is_told_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: set[str] = set()

    class Redis:
        def set(self, key: str, _value: int, *, nx: bool, ex: int) -> bool:
            assert nx and ex == 3600
            fresh = key not in kept
            kept.add(key)
            return fresh

    with monkeypatch.context() as patch:
        patch.setattr(alerts.live, "client", Redis)
        patch.setattr(alerts, "enqueue", lambda *_args: True)
        assert alerts.tell("calls_limit_of", {"extension": "100", "limit": 1})
        assert not alerts.tell("calls_limit_of", {"extension": "100", "limit": 1})
        assert alerts.tell("calls_limit_of", {"extension": "101", "limit": 1})
