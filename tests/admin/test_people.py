"""An administrator makes a colleague on one page, and passes on what is shown once."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from accounts.models import User
from telephony.edge.models import Registration
from telephony.extensions.models import Device, Extension, RingGroup
from tests.rig.web import Edge, make_phone, post, shown_once, sign_in
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/user/add/"
PIET = {"name": "Piet", "email": "Piet@Example.org", "language": "nl", "number": "105"}
BOTH = {"phone": "on", "voicemail": "on"}


def test_one_page_makes_a_user_with_extension_phone_and_mailbox(admin: Client) -> None:
    told = shown_once(post(admin, ADD, PIET | BOTH))

    user = User.objects.get(email="piet@example.org")
    extension = user.extension
    assert (extension.number, extension.name, extension.language) == ("105", "Piet", "nl")
    assert authenticate(email=told["e-mail address"], password=told["password"]) == user
    device = Device.objects.get(extension=extension)
    assert told["SIP user"] == device.username == "105"
    ha1 = device.ha1
    device.set_secret(told["secret"])
    assert device.ha1 == ha1
    assert extension.mailbox.check_pin(told["PIN"])


def test_what_was_shown_once_is_never_shown_again(admin: Client) -> None:
    told = shown_once(post(admin, ADD, PIET | BOTH))
    user = User.objects.get(email="piet@example.org")
    device = Device.objects.get(username="105")
    mailbox = Mailbox.objects.get()
    pages = [
        f"/admin/accounts/user/{user.pk}/change/",
        f"/admin/telephony/device/{device.pk}/change/",
        f"/admin/telephony/extension/{device.extension_id}/change/",
        f"/admin/voicemail/mailbox/{mailbox.pk}/change/",
        "/admin/",
    ]
    for page in pages:
        answer = admin.get(page)
        assert answer.status_code == 200
        assert shown_once(answer) == {}
        for secret in ("password", "secret"):
            assert told[secret] not in answer.content.decode()
        assert device.ha1 not in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_page_that_reads_itself_again_does_not_use_up_what_is_shown_once(admin: Client) -> None:
    admin.post(ADD, PIET | BOTH)
    assert shown_once(admin.get("/admin/", headers={"x-requested-with": "live"})) == {}
    assert shown_once(admin.get("/admin/"))["SIP user"] == "105"


def test_the_next_free_number_is_suggested(admin: Client) -> None:
    make_phone("100")
    RingGroup.objects.create(number="101", name="Sales")
    assert b'value="102"' in admin.get(ADD).content


def test_without_a_number_only_a_user_is_made(admin: Client) -> None:
    told = shown_once(post(admin, ADD, PIET | BOTH | {"number": ""}))
    assert set(told) == {"e-mail address", "password"}
    assert not Extension.objects.exists()


def test_without_phone_and_voicemail_neither_is_made(admin: Client) -> None:
    told = shown_once(post(admin, ADD, PIET))
    assert set(told) == {"e-mail address", "password"}
    assert Extension.objects.get().number == "105"
    assert not Device.objects.exists() and not Mailbox.objects.exists()


@pytest.mark.parametrize(
    ("number", "complaint"),
    [
        ("100", "100 is the extension of Anna."),
        ("600", "600 is the ring group Sales."),
        ("999", "999 is kept by the exchange itself."),
        ("112", "112 is kept by the exchange itself."),
        ("012", "An extension is 2 to 6 digits and does not start with 0."),
        ("1", "An extension is 2 to 6 digits and does not start with 0."),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_nothing_is_made(
    admin: Client, number: str, complaint: str
) -> None:
    make_phone("100")
    RingGroup.objects.create(number="600", name="Sales")
    answer = admin.post(ADD, PIET | BOTH | {"number": number})
    assert complaint in answer.content.decode()
    assert not User.objects.filter(email="piet@example.org").exists()
    assert Extension.objects.count() == 1


def test_an_address_that_somebody_has_is_refused_whatever_the_capitals(admin: Client) -> None:
    answer = admin.post(ADD, PIET | {"email": "BOSS@example.org"})
    assert "Somebody has this e-mail address already." in answer.content.decode()
    assert not Extension.objects.exists()


def test_a_new_password_is_made_by_a_confirmed_button_only(admin: Client, colleague: User) -> None:
    url = f"/admin/accounts/user/{colleague.pk}/renew_password/"
    assert b"Make a new password?" in admin.get(url).content
    colleague.refresh_from_db()
    assert colleague.check_password("secret")

    told = shown_once(post(admin, url, {"_form_submitted": "on"}))
    assert authenticate(email=colleague.email, password=told["password"]) == colleague
    assert authenticate(email=colleague.email, password="secret") is None


def test_who_makes_an_own_new_password_stays_signed_in(admin: Client, boss: User) -> None:
    told = shown_once(
        post(admin, f"/admin/accounts/user/{boss.pk}/renew_password/", {"_form_submitted": "on"})
    )
    assert told["password"]
    assert admin.get("/admin/").status_code == 200


def test_a_new_secret_is_shown_once_and_ends_what_the_old_one_registered(admin: Client, edge: Edge) -> None:
    device = make_phone()
    Registration.objects.create(
        device=device,
        extension="100",
        contact="sip:100@192.0.2.9",
        source="udp:192.0.2.9:5060",
        since="2026-01-01T00:00Z",
        expires="2026-01-01T01:00Z",
    )
    old, url = device.ha1, f"/admin/telephony/device/{device.pk}/renew_secret/"
    admin.get(url)
    device.refresh_from_db()
    assert device.ha1 == old

    told = shown_once(post(admin, url, {"_form_submitted": "on"}))
    device.refresh_from_db()
    renewed = device.ha1
    device.set_secret(told["secret"])
    assert device.ha1 == renewed != old
    assert edge.asked == [("drop_registration", "100", "sip:100@192.0.2.9")]
    assert not Registration.objects.exists()


def test_a_device_that_is_made_by_itself_gets_the_number_of_its_extension(admin: Client) -> None:
    extension = make_phone().extension
    form = {"extension": extension.pk, "kind": "soft", "label": "laptop", "username": "", "enabled": "on"}
    told = shown_once(post(admin, "/admin/telephony/device/add/", form))
    assert told["SIP user"] == "100-2"
    assert Device.objects.get(username="100-2").ha1


def test_a_sip_user_that_is_somebody_elses_number_is_refused(admin: Client) -> None:
    make_phone("101", "Bert")
    extension = make_phone("100").extension
    Device.objects.all().delete()
    form = {"extension": extension.pk, "kind": "soft", "username": "101", "enabled": "on"}
    answer = admin.post("/admin/telephony/device/add/", form)
    assert "101 is the extension of Bert." in answer.content.decode()
    assert not Device.objects.exists()


def test_a_sip_user_cannot_be_renamed_since_its_secret_would_be_worthless(admin: Client) -> None:
    device = make_phone()
    form = {"kind": "soft", "label": "", "username": "other", "enabled": "on"}
    post(admin, f"/admin/telephony/device/{device.pk}/change/", form)
    device.refresh_from_db()
    assert (device.username, device.kind) == ("100", "soft")


def test_only_an_administrator_touches_an_administrator_or_gives_rights(
    boss: User, clerk: User, colleague: User
) -> None:
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    browser = sign_in(clerk)
    assert (
        browser.post(f"/admin/accounts/user/{boss.pk}/renew_password/", {"_form_submitted": "on"}).status_code
        == 403
    )
    assert browser.post(f"/admin/accounts/user/{boss.pk}/password/", {"password1": "x"}).status_code == 403
    assert browser.post(f"/admin/accounts/user/{boss.pk}/delete/", {"post": "yes"}).status_code == 403

    form = {"name": "Cor", "email": colleague.email, "language": "nl", "is_active": "on"}
    post(
        browser,
        f"/admin/accounts/user/{colleague.pk}/change/",
        form | {"is_staff": "on", "is_superuser": "on"},
    )
    colleague.refresh_from_db()
    assert colleague.name == "Cor"
    assert not (colleague.is_staff or colleague.is_superuser)

    assert b'name="number"' not in browser.get(ADD).content, "no right to make extensions"
    told = shown_once(post(browser, ADD, PIET | BOTH))
    assert set(told) == {"e-mail address", "password"}
    assert not Extension.objects.exists()
