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
from tests.rig.catalogues import DUTCH, entries, identity
from tests.rig.packages import packages


def test_no_dutch_translation_is_missing_or_unsure() -> None:
    for entry in entries(ROOT / DUTCH):
        texts = [text for key, text in entry.items() if key.startswith("msgstr")]
        assert all(texts), f"not translated: {entry['msgid']}"
        assert "fuzzy" not in entry["flags"], f"not sure: {entry['msgid']}"


def test_no_text_is_translated_twice() -> None:
    seen = [identity(entry) for entry in entries(ROOT / DUTCH)]
    assert [one for one in seen if seen.count(one) > 1] == []


def test_a_translation_keeps_what_is_filled_in() -> None:
    blank = re.compile(r"%\(\w+\)[sd]|\{\w*(?::\w+)?\}")
    for entry in entries(ROOT / DUTCH):
        wanted = set(blank.findall(entry["msgid"] + entry.get("msgid_plural", "")))
        for key, text in entry.items():
            if key.startswith("msgstr"):
                assert set(blank.findall(text)) == wanted, entry["msgid"]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_every_text_of_the_code_is_in_the_catalogue(tmp_path: Path) -> None:
    code = tmp_path / "code"
    for app in (*packages(), "templates"):
        shutil.copytree(ROOT / app, code / app, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (code / "locale").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "nl", "--no-wrap"]
    subprocess.run(
        command, cwd=code, check=True, capture_output=True, timeout=60, env={"PATH": "/usr/bin:/bin"}
    )
    known = {identity(entry) for entry in entries(ROOT / DUTCH)}
    used = {identity(entry) for entry in entries(code / DUTCH)}
    assert used - known == set(), "run manage.py makemessages and translate"
    assert {text for context, text in known - used if context or not from_a_library(text)} == set(), (
        "no longer used"
    )


def from_a_library(text: str) -> bool:
    """Whether Django's accounts or allauth say this, so that the catalogue may say it in words of our own."""
    for package in (django.contrib.auth, allauth):
        folder = Path(str(package.__file__)).parent / "locale"
        with (folder / "nl" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            theirs = gettext.GNUTranslations(file)
        if theirs.gettext(text) != text or theirs.ngettext(text, text, 1) != text:
            return True
    return False
