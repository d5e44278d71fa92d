"""A list costs as many queries with thirty rows as with three."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan
from telephony.calls.models import Call, CallLeg
from telephony.edge.models import Ban, Registration
from telephony.extensions.models import Department, Extension, RingGroup, RingGroupMember
from telephony.hours.models import OfficeHours, OfficeSpan, OwnHoliday
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.recordings import audit
from telephony.recordings.models import Recording, RecordingParty, RecordingRule
from telephony.sound.models import Prompt
from telephony.trunks.models import InboundNumber, Trunk
from tests.rig import samples
from tests.rig.web import make_message, make_phone
from voicemail.models import Mailbox

NOW = timezone.now()


def make_all(index: int) -> None:
    """One row of everything that has a list, all of them connected."""
    number = str(2000 + index)
    user = User.objects.create_user(f"u{index}@example.org", "x", name=f"User {index}")
    Group.objects.create(name=f"Role {index}")
    device = make_phone(number, f"User {index}", user=user)
    mailbox = Mailbox.objects.create(extension=device.extension, pin="x")
    make_message(mailbox, name=str(index))
    group = RingGroup.objects.create(number=str(6000 + index), name="Group", voicemail_of=device.extension)
    RingGroupMember.objects.create(group=group, extension=device.extension)
    trunk = Trunk.objects.create(name=f"Line {index}", host="192.0.2.1")
    InboundNumber.objects.create(number=f"+3120{number}", trunk=trunk, target=number)
    Registration.objects.create(
        device=device, extension=number, contact="sip:x", source="udp:x", since=NOW, expires=NOW
    )
    Ban.objects.create(address=f"192.0.2.{index + 1}", reason="flood", since=NOW, until=NOW)
    department = Department.objects.create(name=f"Department {index}", number=str(7000 + index))
    Extension.objects.filter(number=number).update(department=department)
    hours = OfficeHours.objects.create(department=department, country="NL")
    OfficeSpan.objects.create(hours=hours, weekday=0, start="09:00", end="17:00")
    OwnHoliday.objects.create(hours=hours, day="2027-01-02", name="Closed")
    Presence.objects.create(extension=device.extension, status="away", message="x", mobile="+31612345678")
    for kind, target in (("extension", "999999"), ("mobile", "")):
        ForwardingException.objects.create(extension=device.extension, kind=kind, target=target)
    Forwarding.objects.create(
        extension=device.extension,
        status="away",
        source="internal",
        case="always",
        kind="system",
        target="9999",
    )
    call = Call.objects.create(
        id=str(index), node="m", direction="internal", caller=number, dialled="1", started=NOW, answered=NOW
    )
    for _leg in range(index % 3):
        CallLeg.objects.create(call=call, role="target", number="1", started=NOW, device=device.pk)

    prompt = Prompt.objects.create(number=index + 1, name=f"Prompt {index}", text="x")
    desk = Receptionist.objects.create(
        number=str(8000 + index), name="Desk", welcome=prompt, department=department
    )
    ReceptionistKey.objects.create(receptionist=desk, key="1", kind="extension", target=number)
    recording = Recording.objects.create(
        call=call, file=f"{index}.wav", started=NOW, seconds=1, bytes=1, expires=NOW
    )
    for _party in range(1 + index % 3):
        RecordingParty.objects.create(recording=recording, number=number, user=user, department=department)
    RecordingRule.objects.create(**(({"trunk": trunk}, {"department": department})[index % 2]))
    audit.note(recording, audit.LISTENED, user, "192.0.2.1")
    samples.rows(user)


LISTS = (
    "telephony/recording",
    "telephony/recordingrule",
    "auditlog/logentry",
    "telephony/receptionist",
    "telephony/prompt",
    "accounts/user",
    "auth/group",
    "telephony/extension",
    "telephony/device",
    "telephony/ringgroup",
    "telephony/department",
    "telephony/officehours",
    "presence/reachability",
    "telephony/trunk",
    "telephony/call",
    "telephony/registration",
    "telephony/ban",
    "voicemail/mailbox",
    "voicemail/message",
    *samples.lists(),
)


def cost(browser: Client, page: str) -> int:
    browser.get(page)  # caches of the process are filled once
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(page).status_code == 200
    return len(queries)


@pytest.mark.django_db
def test_lists_do_not_cost_more_with_more_rows(admin: Client) -> None:
    pages = [*(f"/admin/{name}/" for name in LISTS), "/admin/"]
    for index in range(3):
        make_all(index)
    few = {page: cost(admin, page) for page in pages}
    for index in range(3, 30):
        make_all(index)
    assert {page: cost(admin, page) for page in pages} == few


@pytest.mark.django_db
def test_a_call_does_not_cost_more_with_more_legs(admin: Client) -> None:
    make_all(0)
    leg: Callable[[], CallLeg] = lambda: CallLeg.objects.create(  # noqa: E731
        call_id="0", role="target", number="1", started=NOW, device=1
    )
    leg()
    few = cost(admin, "/admin/telephony/call/0/change/")
    for _leg in range(12):
        leg()
    assert cost(admin, "/admin/telephony/call/0/change/") == few


@pytest.mark.django_db
def test_a_page_of_somebodys_reachability_costs_the_same_with_more_rows(admin: Client) -> None:
    extension = make_phone("100").extension
    page = f"/admin/presence/reachability/{extension.pk}/change/"

    def add(count: int) -> None:
        for index in range(count):
            ForwardingException.objects.create(
                extension=extension, kind="extension", target=str(5000 + index)
            )
            WorkingSpan.objects.create(
                extension=extension, weekday=0, start=f"{index:02}:00", end=f"{index:02}:30"
            )

    add(2)
    few = cost(admin, page)
    WorkingSpan.objects.all().delete()
    add(20)
    assert cost(admin, page) == few
