"""`manage.py demo` makes a company to try, shows it again, and leaves everybody else's things alone."""

from __future__ import annotations

import datetime
import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import User
from pbxsite.instance import instance
from telephony.extensions.models import Device, Extension, RingGroup
from telephony.hours import directory
from telephony.routing.opening import look
from telephony.trunks.models import InboundNumber, Trunk
from tests.rig.web import make_phone
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db


def demo(*options: str) -> tuple[str, str]:
    """What the command prints on standard output and standard error."""
    out, err = StringIO(), StringIO()
    call_command("demo", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def company() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(demo("--json")[0])
    return answer


def count_rows() -> list[int]:
    return [
        model.objects.count() for model in (User, Extension, Device, Mailbox, RingGroup, Trunk, InboundNumber)
    ]


def test_the_company_is_told_as_json() -> None:
    shown = company()
    assert set(shown) == {
        "web",
        "admin",
        "sip",
        "users",
        "groups",
        "departments",
        "receptionists",
        "trunk",
        "voicemail_number",
    }
    assert shown["web"] == f"http://127.0.0.1:{instance.http_port}/"
    assert set(shown["admin"]) == {"email", "password"}
    assert set(shown["sip"]) == {"host", "port", "tls_port", "ws_url"}
    assert [user["extension"] for user in shown["users"]] == ["100", "101", "102", "103", "104"]
    for user in shown["users"]:
        assert set(user) == {"name", "extension", "email", "password", "pin", "devices"}
        assert user["devices"][0]["username"] == user["extension"]
        assert all(set(device) == {"username", "secret"} for device in user["devices"])
    assert [device["username"] for device in shown["users"][4]["devices"]] == ["104", "104-2"]
    assert shown["groups"] == [
        {"number": "600", "name": "Receptie", "members": ["100", "101", "102", "103"], "voicemail_of": "100"}
    ]
    assert shown["departments"] == [
        {
            "number": "610",
            "name": "Verkoop",
            "members": ["101", "103"],
            "otherwise": {"kind": "voicemail", "target": "101"},
        }
    ]
    dutch, english = shown["receptionists"]
    assert (dutch["number"], dutch["language"]) == ("800", "nl")
    assert dutch["keys"] == {"1": "system 600", "2": "extension 100", "0": "voicemail 100", "*": "system 801"}
    assert (english["number"], english["language"]) == ("801", "en")
    assert shown["trunk"]["numbers"] == [{"number": "+31201234567", "destination": "600"}]
    assert shown["voicemail_number"] == "999"


def test_people_can_be_called_at_any_time_and_the_department_in_its_office_hours() -> None:
    company()
    organisation, own = directory.load_hours()
    sunday = datetime.datetime(2026, 11, 22, 3, tzinfo=datetime.UTC)
    monday = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
    christmas = datetime.datetime(2026, 12, 25, 12, tzinfo=datetime.UTC)
    (department,) = own.values()
    assert all(look(organisation, moment).open for moment in (sunday, monday, christmas))
    assert [look(department, moment).open for moment in (sunday, monday, christmas)] == [False, True, False]


def test_everything_it_tells_works() -> None:
    shown = company()
    admin = authenticate(email=shown["admin"]["email"], password=shown["admin"]["password"])
    assert isinstance(admin, User) and admin.is_superuser
    for user in shown["users"]:
        signed_in = authenticate(email=user["email"], password=user["password"])
        assert isinstance(signed_in, User) and not signed_in.is_staff
        extension = Extension.objects.get(number=user["extension"])
        assert extension.user == signed_in
        assert extension.mailbox.check_pin(user["pin"])
        for told in user["devices"]:
            device = Device.objects.get(username=told["username"], extension=extension)
            ha1 = device.ha1
            device.set_secret(told["secret"])
            assert device.ha1 == ha1
    assert Extension.objects.get(number="102").language == "en"
    assert set(Extension.objects.values_list("language", flat=True)) == {"nl", "en"}


def test_a_second_time_it_shows_the_same_and_makes_nothing() -> None:
    first, rows = demo("--json"), count_rows()
    assert demo("--json") == first
    assert count_rows() == rows == [6, 5, 6, 5, 1, 1, 1]
    assert first[1] == ""


def test_its_secrets_are_readable_by_their_owner_only() -> None:
    company()
    assert (instance.secrets / "demo.json").stat().st_mode & 0o777 == 0o600


def test_when_the_secrets_are_lost_it_makes_new_ones_and_says_so() -> None:
    before = company()
    (instance.secrets / "demo.json").unlink()
    out, err = demo("--json")
    after = json.loads(out)
    assert "Made anew" in err and "password of sanne@kiestoon.example" in err and "PIN of 104" in err
    assert after["users"][0]["password"] != before["users"][0]["password"]
    assert authenticate(email=after["users"][0]["email"], password=after["users"][0]["password"])
    assert demo("--json") == (out, "")


def test_a_file_of_secrets_that_is_torn_is_taken_as_lost() -> None:
    company()
    (instance.secrets / "demo.json").write_text("{")
    assert "Made anew" in demo("--json")[1]


def test_a_secret_that_was_changed_elsewhere_is_made_anew() -> None:
    company()
    device = Device.objects.get(username="101")
    device.make_secret()
    device.save()
    assert demo("--json")[1] == "Made anew, because it could not be shown again: secret of 101.\n"


def test_a_user_who_is_lost_gets_the_extension_back() -> None:
    company()
    User.objects.filter(email="sanne@kiestoon.example").delete()
    shown = company()
    assert Extension.objects.get(number="100").user == User.objects.get(email="sanne@kiestoon.example")
    assert authenticate(email=shown["users"][0]["email"], password=shown["users"][0]["password"])


def test_rows_that_are_lost_are_made_again() -> None:
    company()
    User.objects.filter(email="sanne@kiestoon.example").delete()
    Extension.objects.all().delete()
    RingGroup.objects.all().delete()
    shown = company()
    assert count_rows() == [6, 5, 6, 5, 1, 1, 1]
    assert authenticate(email=shown["users"][0]["email"], password=shown["users"][0]["password"])


@pytest.mark.parametrize("taken", ["100", "104", "600"])
def test_a_number_that_somebody_has_is_left_alone(taken: str) -> None:
    make_phone(taken, "Somebody")
    with pytest.raises(CommandError, match=f"{taken} is somebody else's number"):
        demo()
    assert list(Extension.objects.values_list("name", flat=True)) == ["Somebody"]
    assert not User.objects.exists()
    assert not (instance.secrets / "demo.json").exists()


def test_without_json_it_is_a_table_that_fits_a_terminal() -> None:
    lines = demo()[0].splitlines()
    assert max(map(len, lines)) <= 120
    assert any(line.startswith("104 ") and "noor@kiestoon.example" in line for line in lines)


def test_extensions_for_load_tests() -> None:
    assert "23 extensions for load tests added." in demo("--bench", "20")[1]
    recorded = Extension.objects.filter(record_calls=True).values_list("number", flat=True)
    assert list(recorded) == ["1003"]
    device = Device.objects.get(username="2019")
    ha1 = device.ha1
    device.set_secret("pw2019")
    assert device.ha1 == ha1
    assert device.extension.mailbox.check_pin("2019")
    assert "0 extensions for load tests added." in demo("--bench", "20")[1]
    assert "5 extensions for load tests added." in demo("--bench", "25", "--json")[1]


def test_extensions_for_load_tests_are_made_in_few_queries(django_assert_max_num_queries: Any) -> None:
    company()
    with django_assert_max_num_queries(80):
        demo("--bench", "400")


def test_guessable_secrets_are_refused_where_others_can_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(instance.__dict__, "bind", "0.0.0.0")
    with pytest.raises(CommandError, match="can be guessed"):
        demo("--bench", "5")
    assert not Extension.objects.filter(number__startswith="2").exists()


def test_load_tests_take_nobodys_number() -> None:
    make_phone("2003", "Somebody")
    with pytest.raises(CommandError, match="2003 is somebody's number"):
        demo("--bench", "5")
    assert not Extension.objects.filter(number="2000").exists()
