"""An administrator sets somebody's speed dials."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from speeddial.models import SpeedDial
from tests.rig.web import make_phone

pytestmark = pytest.mark.django_db
PAGE = "/admin/speeddial/speeddial/"


def test_one_is_added_changed_and_deleted(admin: Client, colleague: User) -> None:
    make_phone("100", "Anna", user=colleague)
    wishes = {"user": colleague.pk, "position": "5", "number": "020 123 45 67", "label": "Dentist"}
    assert admin.post(f"{PAGE}add/", wishes).status_code == 302
    row = SpeedDial.objects.get()
    assert (row.user, row.position, row.number) == (colleague, 5, "0201234567")
    assert "*05" in admin.get(PAGE).content.decode()
    page = f"{PAGE}{row.pk}/"
    assert admin.post(f"{page}change/", wishes | {"number": "100"}).status_code == 302
    assert SpeedDial.objects.get().number == "100"
    assert admin.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert not SpeedDial.objects.exists()


def test_what_is_wrong_is_said_at_its_field(admin: Client, colleague: User) -> None:
    wishes = {"user": colleague.pk, "position": "5", "number": "*05", "label": ""}
    page = admin.post(f"{PAGE}add/", wishes)
    assert "no internal number" in page.content.decode()
    SpeedDial.objects.create(user=colleague, position=5, number="112")
    page = admin.post(f"{PAGE}add/", wishes | {"number": "112"})
    assert "in use already" in page.content.decode()
    page = admin.post(f"{PAGE}add/", wishes | {"number": "112", "position": "100"})
    assert page.status_code == 200
    assert SpeedDial.objects.count() == 1
