"""Signing in with an account elsewhere, at a real OpenID Connect provider on this machine."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import SignInPolicy, User
from tests.sign_in.test_signing_in import is_in

FOLDER = Path(__file__).parent.parent / "rig" / "browser"
CALLBACK = "http://testserver/account/oidc/oidc/login/callback/"
CLIENT, SECRET = "kiestoon", "only for this test, and long enough"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A provider in a process of its own; its address."""
    tools = FOLDER.parents[2] / ".venv" / "bin"
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:{tools}", "NODE_NO_WARNINGS": "1"}
    with subprocess.Popen(
        ["node", "provider.mjs", CLIENT, SECRET, CALLBACK],
        cwd=FOLDER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line.startswith("http://127.0.0.1:"), "the provider did not start"
        yield line
        process.terminate()


@pytest.fixture(autouse=True)
def _provider(address: str, settings: object) -> None:
    app = {
        "provider_id": "oidc", "name": "Example", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": address},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {  # type: ignore[attr-defined]
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }


def follow(session: requests.Session, address: str, path: str, **form: str) -> requests.Response:
    return session.post(urljoin(address, path), data=form, timeout=10, allow_redirects=False)


def sign_in_there(browser: Client, address: str, email: str) -> None:
    """Press the button, sign in at the provider, agree, and come back."""
    page = browser.get("/account/login/").content.decode()
    assert "Example" in page
    start = browser.post("/account/oidc/oidc/login/?process=login")
    assert start.status_code == 302
    where = start.headers["Location"]
    assert where.startswith(address)
    assert "code_challenge=" in where
    with requests.Session() as there:
        for _step in range(12):
            if where.startswith(CALLBACK):
                break
            page_there = there.get(where, timeout=10, allow_redirects=False)
            if page_there.is_redirect:
                where = urljoin(where, page_there.headers["Location"])
                continue
            (action,) = re.findall(r'<form[^>]* action="([^"]+)"', page_there.text)
            prompt = re.findall(r'name="prompt" value="(\w+)"', page_there.text)[0]
            answer = follow(there, where, action, prompt=prompt, login=email, password="any")
            where = urljoin(where, answer.headers["Location"])
    back = urlsplit(where)
    browser.get(f"{back.path}?{back.query}", follow=True)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna@example.org", "secret", name="Anna")


def test_a_user_with_the_same_verified_address_is_signed_in(
    anna: User, browser: Client, address: str
) -> None:
    sign_in_there(browser, address, "anna@example.org")
    assert is_in(browser)
    assert User.objects.count() == 1
    assert SocialAccount.objects.get(user=anna).uid == "anna@example.org"


def test_and_a_second_time_by_the_account_itself(anna: User, browser: Client, address: str) -> None:
    sign_in_there(browser, address, "anna@example.org")
    anna.email = "anna@elsewhere.example"
    anna.save()
    again = Client(headers={"accept-language": "en"})
    sign_in_there(again, address, "anna@example.org")
    assert is_in(again)


def test_an_address_that_nobody_verified_opens_nothing(db: None, browser: Client, address: str) -> None:
    User.objects.create_user("unverified@example.org", "secret", name="Uma")
    sign_in_there(browser, address, "unverified@example.org")
    assert not is_in(browser)


def test_a_stranger_becomes_no_user(anna: User, browser: Client, address: str) -> None:
    sign_in_there(browser, address, "stranger@example.org")
    assert not is_in(browser)
    assert User.objects.count() == 1


def test_unless_an_administrator_allows_their_domain(db: None, browser: Client, address: str) -> None:
    SignInPolicy.objects.create(allowed_domains="example.org")
    sign_in_there(browser, address, "new@example.org")
    assert is_in(browser)
    made = User.objects.get()
    assert (made.email, made.name, made.is_staff) == ("new@example.org", "Person new@example.org", False)


def test_an_unverified_address_in_an_allowed_domain_becomes_no_user(
    db: None, browser: Client, address: str
) -> None:
    SignInPolicy.objects.create(allowed_domains="example.org")
    sign_in_there(browser, address, "unverified@example.org")
    assert not is_in(browser)
    assert not User.objects.exists()


def test_somebody_who_may_not_sign_in_any_more_stays_outside(
    anna: User, browser: Client, address: str
) -> None:
    anna.is_active = False
    anna.save()
    sign_in_there(browser, address, "anna@example.org")
    assert not is_in(browser)


def test_an_answer_that_was_asked_by_nobody_is_refused(anna: User, browser: Client) -> None:
    browser.get("/account/oidc/oidc/login/callback/?code=stolen&state=guessed")
    assert not is_in(browser)


def test_going_there_takes_a_click_of_this_site(anna: User, browser: Client, address: str) -> None:
    """A link of another site must not sign somebody in as somebody else."""
    assert address not in browser.get("/account/oidc/oidc/login/").headers.get("Location", "")
