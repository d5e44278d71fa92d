"""The pages outside the administration, in the reader's language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

LINK = 'href="/admin/"'


def page(path: str, language: str) -> str:
    return Client(headers={"accept-language": language}).get(path).content.decode()


@pytest.mark.parametrize(
    ("language", "lang", "words"),
    [("nl-NL,nl;q=0.9,en;q=0.5", "nl", "Naar het beheer"), ("en-GB,en;q=0.9", "en", "To the administration")],
)
def test_the_first_page_says_what_this_is_and_leads_to_the_administration(
    language: str, lang: str, words: str
) -> None:
    text = page("/welcome/", language)
    assert f'<html lang="{lang}">' in text
    assert words in text and LINK in text


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "Deze pagina bestaat niet."), ("en", "This page does not exist.")]
)
def test_a_page_that_is_not_there_looks_like_the_others(language: str, words: str) -> None:
    answer = Client(headers={"accept-language": language}).get("/nothing/here")
    assert answer.status_code == 404
    assert words in answer.content.decode() and "kiestoon/site.css" in answer.content.decode()


def test_a_page_that_breaks_needs_nothing_that_may_be_broken(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    # Also when the static files were never collected.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    monkeypatch.setattr("pbxsite.run.health._ask_all", lambda: 1 / 0)
    answer = Client(raise_request_exception=False, headers={"accept-language": "en"}).get("/healthz")
    assert answer.status_code == 500
    assert "Something went wrong here." in answer.content.decode()


@pytest.mark.parametrize("path", ["/welcome/", "/nothing"])
def test_no_script_stands_in_a_page(path: str) -> None:
    assert not re.search(r"<script|\son\w+=|javascript:", page(path, "en"))


def test_the_first_page_is_read_only() -> None:
    assert Client().post("/welcome/").status_code == 405
