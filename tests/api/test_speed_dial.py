"""My speed dials over the API: mine only, told to me alone, refused in plain words."""

from __future__ import annotations

import pytest

import live
from speeddial.actions import do_set_speed_dial
from speeddial.models import SpeedDial
from tests.rig.api import Someone
from tests.rig.replay import heard, prove

pytestmark = pytest.mark.django_db

DENTIST = {"number": "0201234567", "label": "Dentist"}


def test_one_is_set_changed_and_removed(anna: Someone) -> None:
    assert anna.get("/speed-dials") == []
    answer = anna.ask("PUT", "/speed-dials/5", {"number": " 020-123 45 67", "label": " Dentist "})
    assert answer.json() == {"position": 5, **DENTIST}
    anna.ask("PUT", "/speed-dials/1", {"number": "100"})
    assert anna.get("/speed-dials") == [
        {"position": 1, "number": "100", "label": ""},
        {"position": 5, **DENTIST},
    ]
    anna.ask("PUT", "/speed-dials/5", {"number": "112"})
    assert anna.get("/snapshot")["speed_dials"][1] == {"position": 5, "number": "112", "label": ""}
    assert anna.ask("DELETE", "/speed-dials/5").status_code == 204
    assert anna.ask("DELETE", "/speed-dials/5").status_code == 404


def test_the_event_says_what_a_fresh_snapshot_says_and_nobody_else_hears_it(
    anna: Someone, bert: Someone
) -> None:
    since = live.last_event()
    prove(anna, lambda: anna.ask("PUT", "/speed-dials/5", DENTIST), "speed_dials")
    prove(anna, lambda: anna.ask("PUT", "/speed-dials/5", {"number": "101"}), "speed_dials")
    prove(anna, lambda: anna.ask("DELETE", "/speed-dials/5"), "speed_dials")
    assert heard(bert, since) == []


def test_those_of_a_colleague_are_none_of_my_business(anna: Someone, bert: Someone) -> None:
    do_set_speed_dial(bert.user, 5, "100", "Boss")
    assert anna.get("/speed-dials") == anna.get("/snapshot")["speed_dials"] == []
    assert anna.ask("DELETE", "/speed-dials/5").status_code == 404
    anna.ask("PUT", "/speed-dials/5", DENTIST)
    assert bert.get("/speed-dials") == [{"position": 5, "number": "100", "label": "Boss"}]


@pytest.mark.parametrize("number", ["*05", "102", "999", "Anna", "12345"])
def test_a_number_that_cannot_be_called_is_refused_in_plain_words(anna: Someone, number: str) -> None:
    answer = anna.ask("PUT", "/speed-dials/5", {"number": number})
    assert answer.status_code == 422
    message = f"{number} is no internal number and no telephone number."
    assert answer.json() == {"detail": [{"field": "number", "message": message}]}
    assert not SpeedDial.objects.exists()


@pytest.mark.parametrize("position", ["0", "100", "x"])
def test_there_are_99_positions(anna: Someone, position: str) -> None:
    answer = anna.ask("PUT", f"/speed-dials/{position}", DENTIST)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["field"] == "position"
