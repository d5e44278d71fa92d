"""Signing in: by e-mail address or extension, with a second factor, and out again everywhere."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.middleware import lacking_second_factor
from accounts.models import SignInPolicy, User
from accounts.people import do_renew_password
from accounts.providers import app_settings
from telephony.extensions.models import Extension
from tests.rig.web import sign_in

DOOR = "/account/login/"
PASSWORD = "a good long secret"


@pytest.fixture
def anna(db: None) -> User:
    user = User.objects.create_user("anna@example.org", PASSWORD, name="Anna", language="en")
    Extension.objects.create(number="100", name="Anna", user=user)
    return user


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def enter(browser: Client, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return browser.post(DOOR, {"login": login, "password": password, **more})


def is_in(browser: Client) -> bool:
    return browser.get("/account/sessions/").status_code == 200


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize("login", ["anna@example.org", "Anna@Example.org", "100", " 100 "])
def test_by_e_mail_address_or_by_extension(anna: User, browser: Client, login: str) -> None:
    assert enter(browser, login).status_code == 302
    assert is_in(browser)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("100", "wrong"),
        ("101", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("100", ""),
    ],
)
def test_refused_without_saying_what_was_wrong(
    anna: User, browser: Client, login: str, password: str
) -> None:
    answer = enter(browser, login, password)
    assert answer.status_code == 200
    assert not is_in(browser)
    if password:
        assert "This password does not go with that e-mail address or extension." in text_of(answer)


def test_the_extension_of_somebody_who_may_not_sign_in_any_more_opens_nothing(
    anna: User, browser: Client
) -> None:
    anna.is_active = False
    anna.save()
    enter(browser, "100")
    assert not is_in(browser)


def test_wrong_passwords_lock_the_door_for_either_name_of_that_person(anna: User, browser: Client) -> None:
    for _attempt in range(6):
        enter(browser, "anna@example.org", "wrong")
    answer = enter(browser, "100")
    assert "Too many wrong passwords. Wait a few minutes, then try again." in text_of(answer)
    assert not is_in(browser)


def test_the_door_of_the_administration_is_the_same_door(anna: User, browser: Client) -> None:
    answer = browser.get("/admin/login/?next=/admin/")
    assert answer.headers["Location"].startswith(DOOR)
    enter(browser, "100")
    assert browser.get("/admin/").status_code in (302, 403)


def test_nobody_makes_an_account_by_themselves(browser: Client, db: None) -> None:
    browser.post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_anew_by_e_mail(anna: User, browser: Client) -> None:
    browser.post("/account/password/reset/", {"email": anna.email})
    (link,) = re.findall(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    page = browser.get(link, follow=True)
    new = "another long secret"
    browser.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert enter(Client(), "100", new).status_code == 302


def test_who_asks_for_a_stranger_s_password_learns_nothing(anna: User, browser: Client) -> None:
    known = browser.post("/account/password/reset/", {"email": anna.email})
    unknown = browser.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert [message.to for message in mail.outbox] == [[anna.email]]


class TestSecondFactor:
    @pytest.fixture
    def secret(self, anna: User) -> str:
        secret = "JBSWY3DPEHPK3PXP"
        TOTP.activate(anna, secret)
        return secret

    @staticmethod
    def code(secret: str) -> str:
        return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))

    def test_a_password_alone_does_not_let_in(self, secret: str, browser: Client) -> None:
        answer = enter(browser, "100")
        assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
        assert not is_in(browser)

    def test_a_code_of_the_authenticator_lets_in(self, secret: str, browser: Client) -> None:
        enter(browser, "100")
        browser.post("/account/2fa/authenticate/", {"code": self.code(secret)})
        assert is_in(browser)

    def test_a_wrong_code_does_not(self, secret: str, browser: Client) -> None:
        enter(browser, "100")
        browser.post("/account/2fa/authenticate/", {"code": "000000"})
        assert not is_in(browser)

    def test_a_code_works_once(self, secret: str, browser: Client) -> None:
        code = self.code(secret)
        for _visit in range(2):
            browser = Client()
            enter(browser, "100")
            browser.post("/account/2fa/authenticate/", {"code": code})
        assert not is_in(browser)

    def test_a_recovery_code_lets_in_once(self, anna: User, secret: str) -> None:
        code = RecoveryCodes.activate(anna).get_unused_codes()[0]
        for expected in (True, False):
            browser = Client()
            enter(browser, "100")
            browser.post("/account/2fa/authenticate/", {"code": code})
            assert is_in(browser) is expected

    def test_an_administrator_can_require_it_of_each_role(self, anna: User, boss: User) -> None:
        SignInPolicy.objects.create(second_factor_for_users=True)
        hers, his = sign_in(anna), sign_in(boss)
        assert hers.get("/", follow=True).request["PATH_INFO"] == "/account/2fa/"
        assert hers.get("/api/v1/me").status_code == 403
        assert his.get("/admin/").status_code == 200
        TOTP.activate(anna, "JBSWY3DPEHPK3PXP")
        assert hers.get("/", follow=True).request["PATH_INFO"] != "/account/2fa/"

    def test_an_administrator_can_require_it_of_a_role_that_somebody_has(
        self, anna: User, boss: User, django_assert_max_num_queries: Any
    ) -> None:
        bookkeeping = Group.objects.create(name="Bookkeeping")
        SignInPolicy.objects.create().second_factor_for_roles.add(bookkeeping)
        hers, his = sign_in(anna), sign_in(boss)
        assert hers.get("/api/v1/me").status_code == 200
        anna.groups.add(bookkeeping)
        assert hers.get("/", follow=True).request["PATH_INFO"] == "/account/2fa/"
        assert hers.get("/api/v1/me").status_code == 403
        assert his.get("/admin/").status_code == 200
        with django_assert_max_num_queries(3):
            assert lacking_second_factor([anna, boss]) == {anna.pk}
        TOTP.activate(anna, "JBSWY3DPEHPK3PXP")
        assert hers.get("/api/v1/me").status_code == 200

    def test_who_must_have_one_still_gets_out(self, anna: User) -> None:
        SignInPolicy.objects.create(second_factor_for_users=True)
        hers = sign_in(anna)
        hers.post("/account/logout/")
        assert not is_in(hers)

    def test_somebody_else_s_key_is_not_found(self, anna: User, boss: User) -> None:
        key = Authenticator.objects.create(user=boss, type=Authenticator.Type.WEBAUTHN, data={})
        for page in ("remove", "edit"):
            assert sign_in(anna).post(f"/account/2fa/webauthn/keys/{key.pk}/{page}/").status_code in (
                302,
                404,
            )
        assert Authenticator.objects.filter(pk=key.pk).exists()


class TestSessions:
    def test_one_session_can_be_ended_from_another(self, anna: User, browser: Client) -> None:
        enter(browser, "100")
        lost = Client()
        enter(lost, "100")
        key = next(
            int(key)
            for key in re.findall(
                r"/account/sessions/(\d+)/end/", browser.get("/account/sessions/").content.decode()
            )
        )
        browser.post(f"/account/sessions/{key}/end/")
        assert is_in(browser)
        assert not is_in(lost)

    def test_a_colleague_s_session_is_not_found(self, anna: User, boss: User, browser: Client) -> None:
        enter(browser, "100")
        key = UserSession.objects.get(user=anna).pk
        assert sign_in(boss).post(f"/account/sessions/{key}/end/").status_code == 404
        assert is_in(browser)

    def test_all_others_at_once(self, anna: User, browser: Client) -> None:
        others = [Client(), Client()]
        for each in (browser, *others):
            enter(each, "100")
        browser.post("/account/sessions/")
        assert [is_in(each) for each in (browser, *others)] == [True, False, False]

    def test_a_new_password_ends_them(self, anna: User, browser: Client) -> None:
        enter(browser, "100")
        do_renew_password(anna)
        assert not is_in(browser)

    def test_without_staying_signed_in_the_session_ends_with_the_browser(
        self, anna: User, browser: Client
    ) -> None:
        enter(browser, "100")
        assert browser.session.get_expire_at_browser_close()
        staying = Client()
        enter(staying, "100", remember="on")
        assert staying.session.get_expiry_date() > timezone.now() + datetime.timedelta(days=7)


def test_pages_speak_the_language_of_the_person_unless_the_browser_chose(anna: User) -> None:
    anna.language = "nl"
    anna.save()
    hers = sign_in(anna)
    assert '<html lang="nl">' in hers.get("/account/sessions/").content.decode()
    hers.post("/i18n/setlang/", {"language": "en"})
    assert '<html lang="en">' in hers.get("/account/sessions/").content.decode()
    anna.refresh_from_db()
    assert anna.language == "en", "and so does the telephone, here and elsewhere"


def test_what_was_chosen_on_the_sign_in_page_does_not_count_once_somebody_is_in(
    anna: User, browser: Client
) -> None:
    anna.language = "nl"
    anna.save()
    browser.post("/i18n/setlang/", {"language": "en"})
    assert '<html lang="en">' in browser.get(DOOR).content.decode()
    enter(browser, "100")
    assert '<html lang="nl">' in browser.get("/account/sessions/").content.decode()
    browser.post("/account/logout/")
    assert '<html lang="en">' in browser.get(DOOR).content.decode()


def test_what_is_asked_about_a_new_key_is_asked_in_dutch_too(anna: User, browser: Client) -> None:
    anna.language = "nl"
    anna.save()
    enter(browser, "100")
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    assert "Naam" in text_of(browser.get("/account/2fa/webauthn/add/"))


@pytest.mark.parametrize("page", [DOOR, "/account/password/reset/", "/nowhere/"])
def test_pages_run_no_script_that_stands_in_them(browser: Client, db: None, page: str) -> None:
    answer = browser.get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", answer.content.decode(), re.S):
        assert "application/json" in attributes or not body.strip()
    assert not re.findall(r"<[^>]+ (?:style|on[a-z]+)=", answer.content.decode())


def test_no_script_that_stands_in_a_page_runs_in_the_administration_or_the_description_of_the_api(
    admin: Client,
) -> None:
    for page in ("/admin/", "/api/v1/docs"):
        rules = dict(
            rule.split(" ", 1) for rule in admin.get(page).headers["Content-Security-Policy"].split("; ")
        )
        assert "unsafe-inline" not in rules.get("script-src", "") and "unsafe" not in rules["default-src"]
        assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("tenant", ["", "common", "Organizations", "consumers"])
def test_microsoft_accounts_of_just_anybody_are_not_taken(tenant: str) -> None:
    with pytest.raises(ValueError, match="your own tenant"):
        app_settings("microsoft", tenant=tenant)


@pytest.mark.parametrize("domains", ["example", "@example.org", "ex ample..org", "*.org"])
def test_a_domain_that_is_none_is_refused(domains: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        SignInPolicy(allowed_domains=domains).clean()
    assert "allowed_domains" in refusal.value.message_dict
