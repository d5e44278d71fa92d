"""What administrators decide about signing in."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialApp
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import SignInPolicy, User
from tests.rig.web import sign_in
from tests.sign_in.test_signing_in import PASSWORD, enter, is_in

PROVIDERS = "/admin/socialaccount/socialapp/"
POLICY = "/admin/accounts/signinpolicy/"


def add(admin: Client, **fields: str) -> tuple[int, str]:
    answer = admin.post(f"{PROVIDERS}add/", {"name": "Them", "client_id": "id", "secret": "s", **fields})
    return answer.status_code, answer.content.decode()


def test_microsoft_with_the_tenant_of_the_organisation(admin: Client) -> None:
    assert add(admin, kind="microsoft", tenant="example.org")[0] == 302
    app = SocialApp.objects.get()
    assert app.settings["server_url"] == "https://login.microsoftonline.com/example.org/v2.0"
    assert (app.provider, app.provider_id, app.secret) == ("openid_connect", "microsoft", "s")


@pytest.mark.parametrize("tenant", ["", "common", "organizations"])
def test_microsoft_for_just_anybody_is_refused(admin: Client, tenant: str) -> None:
    status, page = add(admin, kind="microsoft", tenant=tenant)
    assert status == 200
    assert "The id or domain of your own tenant: others would let in just anybody." in page
    assert not SocialApp.objects.exists()


def test_a_provider_without_an_address_is_refused(admin: Client) -> None:
    assert "An OpenID Connect provider needs its address." in add(admin, kind="oidc")[1]


def test_one_of_each_kind(admin: Client) -> None:
    add(admin, kind="google")
    assert "There is one of this kind already." in add(admin, kind="google")[1]


def test_the_secret_is_never_shown_and_stays_when_left_empty(admin: Client) -> None:
    add(admin, kind="google", secret="very secret")
    app = SocialApp.objects.get()
    page = f"{PROVIDERS}{app.pk}/change/"
    assert "very secret" not in admin.get(page).content.decode()
    admin.post(page, {"kind": "google", "name": "Google", "client_id": "other", "secret": ""})
    app.refresh_from_db()
    assert (app.client_id, app.secret) == ("other", "very secret")


def test_the_policy_is_one_row(admin: Client) -> None:
    page = admin.get(POLICY).headers["Location"]
    policy = SignInPolicy.objects.get()
    assert page == f"{POLICY}{policy.pk}/change/"
    role = Group.objects.create(name="Bookkeeping")
    admin.post(
        page,
        {
            "second_factor_for_users": "on",
            "second_factor_for_roles": role.pk,
            "allowed_domains": "example.org",
        },
    )
    assert admin.get(POLICY).headers["Location"] == page
    policy.refresh_from_db()
    assert policy.second_factor_for_users and list(policy.second_factor_for_roles.all()) == [role]
    assert admin.post(f"{POLICY}add/", {}).status_code == 403


def test_a_lost_second_factor_is_taken_away(admin: Client, colleague: User) -> None:
    TOTP.activate(colleague, "JBSWY3DPEHPK3PXP")
    key = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in admin.get(f"/admin/mfa/authenticator/{key.pk}/change/").content.decode()
    admin.post(f"/admin/mfa/authenticator/{key.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_the_keys_and_sessions_of_a_full_administrator_are_out_of_reach(clerk: User, boss: User) -> None:
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label__in=("mfa", "usersessions")))
    TOTP.activate(boss, "JBSWY3DPEHPK3PXP")
    key = Authenticator.objects.get()
    his = sign_in(clerk)
    assert his.post(f"/admin/mfa/authenticator/{key.pk}/delete/", {"post": "yes"}).status_code in (302, 404)
    picked = {"action": "delete_selected", "_selected_action": key.pk, "post": "yes"}
    his.post("/admin/mfa/authenticator/", picked)
    assert Authenticator.objects.exists()


def test_a_session_that_an_administrator_deletes_has_ended(admin: Client, colleague: User) -> None:
    colleague.set_password(PASSWORD)
    colleague.save()
    browser = Client()
    enter(browser, colleague.email)
    session = UserSession.objects.get(user=colleague)
    admin.post(f"/admin/usersessions/usersession/{session.pk}/delete/", {"post": "yes"})
    assert not is_in(browser)
