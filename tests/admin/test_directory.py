"""Who decides where calls go hears of a change once, and only when there is one."""

from __future__ import annotations

import pytest
from django.test import Client, TestCase

from live import changes
from tests.admin.test_people import ADD, BOTH, PIET
from tests.rig.web import post
from voicemail.actions import do_count_wrong_pin, do_renew_pin
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that the media nodes and the edge are told to read the directory again."""
    entries: list[int] = []
    monkeypatch.setattr(changes, "announce_change", lambda: entries.append(1))
    return entries


def test_a_new_person_is_announced_once(admin: Client, told: list[int]) -> None:
    post(admin, ADD, PIET | BOTH)
    assert told == [1]


def test_a_mailbox_that_is_switched_off_is_announced(
    admin: Client, mailbox: Mailbox, told: list[int]
) -> None:
    post(admin, f"/admin/voicemail/mailbox/{mailbox.pk}/change/", {})
    mailbox.refresh_from_db()
    assert not mailbox.enabled and told == [1]


def test_pins_right_or_wrong_are_not(mailbox: Mailbox, told: list[int]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        do_count_wrong_pin(mailbox)
        do_renew_pin(mailbox)
    assert told == []
