"""Folders of their own for tests of code that writes files; no server is running here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import live
from accounts.models import User
from pbxsite.instance import instance
from telephony.extensions.models import Extension
from voicemail.models import Mailbox


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Own folders, no Redis, a hash that costs nothing."""
    for name in ("voicemail", "recordings", "prompts"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setitem(instance.__dict__, name, folder)
    monkeypatch.setitem(instance.__dict__, "redis_url", "redis://127.0.0.1:1/0")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LANGUAGE_CODE = "nl"
    live.client.cache_clear()
    yield
    live.client.cache_clear()


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    """The voicemail of Anna, extension 100, who speaks Dutch; PIN 1234."""
    user = User.objects.create(email="anna@example.org", name="Anna de Wit", language="nl")
    extension = Extension.objects.create(number="100", name="Anna de Wit", user=user, language="nl")
    box = Mailbox(extension=extension)
    box.set_pin("1234")
    box.save()
    return box
