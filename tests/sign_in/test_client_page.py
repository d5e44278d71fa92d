"""The page that the web client runs in: who gets it, what it loads, what it forbids."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
FIRST_LOAD = 300_000  # bytes, compressed

MANIFEST = {
    "src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-2.css"], "imports": ["_vue-3.js"]},
    "_vue-3.js": {"file": "assets/vue-3.js", "imports": ["src/main.ts"]},
    "src/features/calls/Calls.vue": {"file": "assets/Calls-4.js", "imports": ["src/main.ts"]},
}


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> Path:
    """A client as Vite leaves it, collected."""
    settings.STATIC_ROOT = tmp_path
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    return folder


@pytest.fixture
def anna(client: Client) -> Client:
    """Her browser, signed in."""
    client.force_login(User.objects.create_user("anna@example.org", "secret", name="Anna", language="nl"))
    return client


@pytest.mark.parametrize("path", ["/", "/team", "/calls", "/settings/audio", "/forwarding"])
def test_every_page_of_the_client_is_the_same_one(built: Path, anna: Client, path: str) -> None:
    text = anna.get(path).content.decode()
    assert '<html lang="nl">' in text
    assert '<script type="module" src="/static/client/assets/main-1.js">' in text
    assert '<link rel="stylesheet" href="/static/client/assets/main-2.css">' in text
    # What the entry imports is fetched beside it, what only a later page needs is not.
    assert '<link rel="modulepreload" href="/static/client/assets/vue-3.js">' in text
    assert "Calls-4.js" not in text


@pytest.mark.parametrize("path", ["/", "/team", "/settings/audio"])
def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back(
    built: Path, client: Client, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={path}"


def test_no_script_and_no_style_stands_in_the_page_or_comes_from_elsewhere(built: Path, anna: Client) -> None:
    answer = anna.get("/", headers={"host": "localhost:8000"})
    rules = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["connect-src"] == "'self' ws://localhost:* wss://localhost:*"
    assert rules["frame-ancestors"] == "'none'"
    text = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text)
    assert not re.search(r"(?:src|href)=\"(?!/)", text)


def test_the_browser_gets_what_changes_need(built: Path, anna: Client) -> None:
    answer = anna.get("/")
    assert "csrftoken" in answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_a_server_without_a_built_client_says_so(tmp_path: Path, settings: Any, anna: Client) -> None:
    settings.STATIC_ROOT = tmp_path / "nothing"
    answer = anna.get("/")
    assert answer.status_code == 503
    assert "script/bootstrap" in answer.content.decode()


def test_another_build_is_found_without_a_restart(built: Path, anna: Client) -> None:
    assert b"main-1.js" in anna.get("/").content
    (built / "manifest.json").write_text(json.dumps(MANIFEST).replace("main-1", "main-9").replace(" ", "  "))
    assert b"main-9.js" in anna.get("/").content


def test_the_page_is_read_only(built: Path, anna: Client) -> None:
    assert anna.post("/").status_code == 405


def test_of_the_client_this_build_and_the_one_before_it_are_kept(tmp_path: Path, settings: Any) -> None:
    dist = tmp_path / "dist"
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "static", [("client", dist)]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "pbxsite.http.static.Storage"}}

    def collect(*names: str) -> list[str]:
        shutil.rmtree(dist, ignore_errors=True)
        (dist / "assets").mkdir(parents=True)
        for name in ("same-0", *names):
            (dist / "assets" / f"{name}.js").write_text(f"console.log('{name}');" * 50)
        call_command("collectstatic", interactive=False, verbosity=0)
        found = (settings.STATIC_ROOT / "client" / "assets").iterdir()
        return sorted({path.name.split(".")[0] for path in found})

    assert collect("main-1") == ["main-1", "same-0"]
    assert collect("main-2", "more-2") == ["main-1", "main-2", "more-2", "same-0"]
    assert collect("main-2", "more-2") == ["main-1", "main-2", "more-2", "same-0"], "the same build once more"
    assert collect("main-3") == ["main-2", "main-3", "more-2", "same-0"]
    (settings.STATIC_ROOT / "client" / "builds.json").unlink()
    assert collect("main-4") == ["main-2", "main-3", "main-4", "more-2", "same-0"], (
        "nobody knows which was last"
    )
    assert collect("main-5") == ["main-4", "main-5", "same-0"]


def test_the_first_load_is_small() -> None:
    dist = settings.CLIENT_DIST
    manifest = json.loads((dist / "manifest.json").read_text())
    names = ["src/main.ts"]
    for name in names:
        names += [more for more in manifest[name].get("imports", ()) if more not in names]
    files = {file for name in names for file in (manifest[name]["file"], *manifest[name].get("css", ()))}
    packed = sum(len(gzip.compress((dist / file).read_bytes())) for file in files)
    assert 50_000 < packed < FIRST_LOAD
