"""Behind HTTPS, as an organisation runs it: nothing to say against the settings, nothing inline on the page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, override_settings

from pbxsite.instance import ROOT
from tests.rig.api import Someone
from tests.rig.servers import environment

pytestmark = pytest.mark.django_db


def test_the_deployment_check_finds_nothing(tmp_path: Path) -> None:
    settings = {"KIESTOON_HTTPS": "true", "KIESTOON_HOSTS": "phone.example.org", "KIESTOON_BIND": "0.0.0.0"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**environment(tmp_path / "var", **settings), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def client_policy(person: Someone) -> dict[str, str]:
    """The Content-Security-Policy of the web client's page, by directive."""
    header = person.browser.get("/").headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
def test_a_browser_that_came_by_https_is_sent_to_the_secure_socket(anna: Someone) -> None:
    network = anna.get("/network", **{"x-forwarded-proto": "https"})
    assert network["socket_url"].startswith("wss://testserver:")


def test_a_proxy_in_front_of_sip_may_have_another_address(anna: Someone) -> None:
    with override_settings(SIP_SOCKET_URL="wss://sip.example.org:7443/phones"):
        assert anna.get("/network")["socket_url"] == "wss://sip.example.org:7443/phones"
        assert "wss://sip.example.org:7443" in client_policy(anna)["connect-src"].split(), (
            "the page may go there"
        )
    assert "sip.example.org" not in client_policy(anna)["connect-src"]


def test_the_client_page_allows_no_script_but_ours(anna: Someone) -> None:
    answer = anna.browser.get("/")
    policy = client_policy(anna)
    assert policy["script-src"] == "'self'" and policy["object-src"] == "'none'"
    assert "unsafe" not in policy.get("default-src", "")
    page = answer.content.decode()
    for script in re.findall(r"<script\b[^>]*>", page):
        assert "src=" in script, script
    assert not re.search(r"\son[a-z]+=", page), "no handlers in attributes"


def test_answers_of_the_api_are_never_kept_by_others(anna: Someone, stranger: Client) -> None:
    assert "private" in anna.ask("GET", "/snapshot").headers["Cache-Control"]
    assert stranger.get("/api/v1/me").headers["Cache-Control"] == "no-store"
