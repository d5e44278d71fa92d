"""`manage.py simulate` and `why`: what would happen and what did, in words, and a plain sentence for nonsense."""

from __future__ import annotations

import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from presence.models import Forwarding, Presence
from telephony.calls.models import Call
from telephony.calls.simulate import SimulationError, read_moment, simulate
from telephony.directory import load
from telephony.extensions.models import Department, Extension
from telephony.hours.models import OfficeHours, OfficeSpan
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.routing.outbound_rules import Usage
from telephony.sound.models import Prompt
from telephony.trunks.models import InboundNumber, Trunk
from telephony.trunks.rules import CallingLimits
from voicemail.models import Mailbox

pytestmark = pytest.mark.django_db

AMSTERDAM = "Europe/Amsterdam"
# A Wednesday, 12:00 in Amsterdam.
NOON = datetime.datetime(2026, 3, 4, 11, tzinfo=datetime.UTC)


@pytest.fixture
def bram() -> Extension:
    """101, who is away for callers from outside: they get 102."""
    for number in ("100", "101", "102"):
        Mailbox.objects.create(extension=Extension.objects.create(number=number, name=number), pin="x")
    extension = Extension.objects.get(number="101")
    Presence.objects.create(extension=extension, status="lunch")
    Forwarding.objects.create(
        extension=extension, status="lunch", source="external", case="always", kind="extension", target="102"
    )
    return extension


def told(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said on standard error when the command ends with status 2."""
    with pytest.raises(SystemExit) as ended:
        call_command(*arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_it_tells_step_by_step_in_both_languages(bram: Extension) -> None:
    question = ("simulate", "--from", "06 12345678", "--to", "101", "--at", "2026-03-06 18:05")
    dutch = told(*question, "--language", "nl")
    assert "vrijdag 6 maart 2026 18:05" in dutch
    assert "101 is lunchen; voor bellers van buiten is de regel: toestel 102." in dutch
    assert "102 gaat over, hoogstens 20 seconden." in dutch
    english = told(*question, "--language", "en")
    assert "Friday 6 March 2026 18:05" in english
    assert "101 is at lunch; for callers from outside the rule is: extension 102." in english
    assert "If 102 does not answer, is busy or is not registered:" in english


def test_colleagues_have_other_rules(bram: Extension) -> None:
    found = told("simulate", "--from", "100", "--to", "101", "--language", "en")
    assert "for internal callers the rule is: voicemail." in found
    assert "102" not in found


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (("--from", "100", "--to", "101", "--at", "someday"), "someday is no moment"),
        (("--from", "100", "--to", "101", "--at", "25:00"), "25:00 is no moment"),
        (("--from", "100", "--to", "101", "--at", "Frog 18:05"), "Frog 18:05 is no moment"),
        (("--from", "199", "--to", "101"), "199 is neither an extension nor a telephone number."),
        (("--from", "me", "--to", "101"), "me is not a telephone number."),
        (("--from", "100", "--to", " "), "Which number is called?"),
    ],
)
def test_a_question_that_makes_no_sense_gets_a_plain_sentence_and_status_2(
    bram: Extension, capsys: pytest.CaptureFixture[str], question: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(capsys, "simulate", *question, "--language", "en")


def test_what_nobody_has_is_told_as_a_call_that_ends(bram: Extension) -> None:
    found = told("simulate", "--from", "+31612345678", "--to", "555", "--language", "en")
    assert "555 is not a number of this exchange." in found


def test_who_is_busy_then_can_be_said(bram: Extension) -> None:
    Presence.objects.update(status="available", accept_multiple=False)
    question = ("simulate", "--from", "100", "--to", "101", "--language", "en")
    assert "101 rings" in told(*question)
    assert "takes one at a time" in told(*question, "--busy", "101")


def test_a_department_can_be_asked_for(bram: Extension) -> None:
    department = Department.objects.create(name="Sales", number="800")
    Extension.objects.filter(number="102").update(department=department)
    found = told("simulate", "--from", "anonymous", "--to", "800", "--language", "en")
    assert "Department 800: the telephone rings at 102" in found


@pytest.fixture
def desk(bram: Extension) -> Receptionist:
    """Our number leads to a receptionist that is open on weekdays till five; then 102's voicemail takes messages."""
    trunk = Trunk.objects.create(name="Line", host="192.0.2.1", caller_id="+31201234567")
    InboundNumber.objects.create(number="+31201234567", trunk=trunk, kind="system", target="900")
    hours = OfficeHours.objects.create(time_zone=AMSTERDAM)
    for day in range(5):
        OfficeSpan.objects.create(hours=hours, weekday=day, start=datetime.time(9), end=datetime.time(17))
    desk = Receptionist.objects.create(
        number="900",
        name="Desk",
        welcome=Prompt.objects.create(name="Welcome", number=1, text="Welcome"),
        closed_kind="voicemail",
        closed_target="102",
        dial_extension=True,
        silent_kind="extension",
        silent_target="100",
    )
    ReceptionistKey.objects.create(receptionist=desk, key="1", kind="extension", target="102")
    ReceptionistKey.objects.create(receptionist=desk, key="2", kind="system", target="900")
    return desk


def test_what_a_receptionist_does_is_told_key_by_key(desk: Receptionist) -> None:
    question = ("simulate", "--from", "+31612345678", "--to", "+31201234567", "--at")
    found = told(*question, "Fri 16:55", "--language", "en")
    lines = [line.strip() for line in found.splitlines()]
    assert "The caller can dial an extension here, too." in lines
    assert lines[lines.index("If the caller presses 1:") + 1] == "102 rings, for at most 20 seconds."
    again = lines.index("If the caller presses 2:")
    assert "What receptionist 900 does is told above." in lines[again : again + 3]
    silent = lines.index("If the caller presses nothing, or only what leads nowhere:")
    assert lines[silent + 1] == "100 rings, for at most 20 seconds."
    Receptionist.objects.update(wrong_kind="voicemail", wrong_target="101", silent_kind="", silent_target="")
    found = told(*question, "Fri 16:55", "--language", "nl")
    assert "De receptionist neemt afscheid." in found
    assert "Als de beller alleen kiest wat nergens heen leidt:" in found and "voicemail van 101" in found


def test_who_rings_on_friday_at_five_past_six_is_the_receptionists_hours_to_say(desk: Receptionist) -> None:
    question = ("simulate", "--from", "+31612345678", "--to", "+31201234567", "--at", "Fri 18:05")
    english = told(*question, "--language", "en")
    assert "It is outside office hours." in english
    assert "Receptionist 900 is closed; the rule is: voicemail of 102." in english
    assert "rings" not in english and "presses" not in english
    assert "Receptionist 900 is gesloten; de regel is: voicemail van 102." in told(
        *question, "--language", "nl"
    )


def test_a_limit_that_is_reached_now_is_told(bram: Extension) -> None:
    Trunk.objects.create(name="Line", host="192.0.2.1", caller_id="+31201234567")
    CallingLimits.objects.create(calls=2)
    full = simulate("100", "0101234567", NOON, load(), usage=Usage(calls=2))
    assert [step.code for step in full] == ["calls_limit"]
    assert simulate("100", "0101234567", NOON, load())[0].code == "outside"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", "2026-03-04 12:00"),
        ("13:30", "2026-03-04 13:30"),
        ("9:05", "2026-03-05 09:05"),
        ("Fri 18:05", "2026-03-06 18:05"),
        ("vr 18.05", "2026-03-06 18:05"),
        ("Wednesday 13:00", "2026-03-04 13:00"),
        ("woensdag 11:00", "2026-03-11 11:00"),
        ("2026-12-25 10:00", "2026-12-25 10:00"),
        ("2026-12-25T10:00:00+00:00", "2026-12-25 11:00"),
        # The clocks go forward on the 29th: 12:00 on the wall all the same.
        ("2026-03-30 12:00", "2026-03-30 12:00"),
    ],
)
def test_moments_are_read_as_people_write_them(text: str, moment: str) -> None:
    found = read_moment(text, AMSTERDAM, NOON)
    assert f"{found.astimezone(ZoneInfo(AMSTERDAM)):%Y-%m-%d %H:%M}" == moment


def test_a_simulation_needs_a_moment_in_a_zone(bram: Extension) -> None:
    with pytest.raises(SimulationError):
        simulate("100", "101", NOON.replace(tzinfo=None), load())


def test_it_says_so_in_dutch_too() -> None:
    with translation.override("nl"), pytest.raises(SimulationError, match="is geen tijdstip"):
        read_moment("someday", AMSTERDAM, NOON)


def test_why_tells_the_story_of_a_call_in_the_log() -> None:
    steps = [
        {"at": 0.0, "code": "called", "args": {"caller": "100", "number": "101"}},
        {
            "at": 0.1,
            "code": "status_rule_until",
            "args": {
                "extension": "101",
                "status": "away",
                "source": "external",
                "rule": "voicemail:",
                "until": "14:00",
            },
        },
    ]
    Call.objects.create(
        id="abc123xyz",
        node="m",
        direction="internal",
        caller="100",
        dialled="101",
        started=timezone.now(),
        steps=steps,
    )
    assert "101 is afwezig tot 14:00; voor bellers van buiten is de regel: voicemail." in told(
        "why", "3xyz", "--language", "nl"
    )
    assert "101 is away until 14:00; for callers from outside the rule is: voicemail." in told(
        "why", "abc123", "--language", "en"
    )


@pytest.mark.parametrize("call", ["nonesuch", "a"])
def test_why_of_no_call_is_refused_with_status_2(call: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("why", call)
    assert refusal.value.returncode == 2
