"""Dutch is complete: every text that the code marks is in the catalogue, with its translation."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import allauth
import django.contrib.auth
import pytest

from pbxsite.instance import ROOT

CATALOGUE = Path("locale/nl/LC_MESSAGES/django.po")
APPS = ("accounts", "api", "pbxsite", "presence", "telephony", "voicemail", "templates")
ENTRY = re.compile(r'^(msgid|msgid_plural|msgstr|msgstr\[\d\]) "(.*)"$')


def entries(path: Path) -> list[dict[str, str]]:
    """The entries of a catalogue, the header left out; texts of several lines are joined."""
    found: list[dict[str, str]] = []
    for block in path.read_text().split("\n\n"):
        entry: dict[str, str] = {"flags": ""}
        key = ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry["flags"] += line
            elif match := ENTRY.match(line):
                key = match[1]
                entry[key] = match[2]
            elif key and line.startswith('"'):
                entry[key] += line[1:-1]
        if entry.get("msgid"):
            found.append(entry)
    return found


def test_no_dutch_translation_is_missing_or_unsure() -> None:
    for entry in entries(ROOT / CATALOGUE):
        texts = [text for key, text in entry.items() if key.startswith("msgstr")]
        assert all(texts), f"not translated: {entry['msgid']}"
        assert "fuzzy" not in entry["flags"], f"not sure: {entry['msgid']}"


def test_a_translation_keeps_what_is_filled_in() -> None:
    blank = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    for entry in entries(ROOT / CATALOGUE):
        wanted = set(blank.findall(entry["msgid"] + entry.get("msgid_plural", "")))
        for key, text in entry.items():
            if key.startswith("msgstr"):
                assert set(blank.findall(text)) == wanted, entry["msgid"]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_every_text_of_the_code_is_in_the_catalogue(tmp_path: Path) -> None:
    code = tmp_path / "code"
    for app in APPS:
        shutil.copytree(ROOT / app, code / app, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (code / "locale").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "nl", "--no-wrap"]
    subprocess.run(
        command, cwd=code, check=True, capture_output=True, timeout=60, env={"PATH": "/usr/bin:/bin"}
    )
    known = {entry["msgid"] for entry in entries(ROOT / CATALOGUE)}
    used = {entry["msgid"] for entry in entries(code / CATALOGUE)}
    assert used - known == set(), "run manage.py makemessages and translate"
    assert {text for text in known - used if not from_a_library(text)} == set(), "no longer used"


def from_a_library(text: str) -> bool:
    """Whether Django's accounts or allauth say this, so that the catalogue may say it in words of our own."""
    for package in (django.contrib.auth, allauth):
        folder = Path(str(package.__file__)).parent / "locale"
        with (folder / "nl" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            theirs = gettext.GNUTranslations(file)
        if theirs.gettext(text) != text or theirs.ngettext(text, text, 1) != text:
            return True
    return False
