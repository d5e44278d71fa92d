"""The demo company: made-up people with phones that work, for trying the exchange out."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.demo_reception import make_receptionists
from accounts.models import User
from accounts.people import do_create_person, do_renew_password
from pbxsite.instance import instance
from telephony.extensions import numbering
from telephony.extensions.actions import do_create_device, do_renew_secret
from telephony.extensions.destinations import Kind
from telephony.extensions.models import Department, Device, Extension, RingGroup, RingGroupMember
from telephony.hours.models import OfficeHours, OfficeSpan
from telephony.routing import VOICEMAIL_MENU
from telephony.trunks.models import InboundNumber, Trunk
from voicemail.actions import do_renew_pin
from voicemail.models import Mailbox

# `.example` belongs to nobody (RFC 2606), so that no mail about the demo reaches a stranger.
DOMAIN = "kiestoon.example"
ADMIN = ("Beheer", f"admin@{DOMAIN}")
GROUP, GROUP_NAME, GROUP_MEMBERS, GROUP_VOICEMAIL = "600", "Receptie", ("100", "101", "102", "103"), "100"
# The organisation itself keeps no hours: its people can be called at any time of the day.
DEPARTMENT, DEPARTMENT_NAME, DEPARTMENT_MEMBERS, DEPARTMENT_VOICEMAIL = (
    "610",
    "Verkoop",
    ("101", "103"),
    "101",
)
OPENS, CLOSES, WORKDAYS = datetime.time(8, 30), datetime.time(17, 30), range(5)
TRUNK_NAME, TRUNK_PORT, TRUNK_NUMBER = "Demolijn", 15060, "+31201234567"


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    number: str
    name: str
    mailbox: str
    language: str = "nl"
    phones: tuple[str, ...] = ("",)

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DOMAIN}"


PEOPLE = (
    Person("100", "Sanne Terpstra", "sanne"),
    Person("101", "Joris van Dalen", "joris"),
    Person("102", "Emma Westerveld", "emma", language="en"),
    Person("103", "Bram Hoogland", "bram"),
    Person("104", "Noor Kuipers", "noor", phones=("", "-2")),
)


class DemoError(Exception):
    """The demo company would take what belongs to somebody else."""


class Notebook:
    """The demo's secrets in plain text, since they have to be shown again; readable by their owner only.

    Beside each text stands a fingerprint of what the database keeps of it: as long as that is the same, the text is
    right, without computing a slow password hash.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.notes: dict[str, dict[str, str]] = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            self.notes = {}

    def recall(self, key: str, stored: str, is_right: Callable[[str], bool]) -> str | None:
        """The text under `key`, if the database still agrees with it."""
        note = self.notes.get(key)
        if note is None:
            return None
        if note["print"] != _fingerprint(stored):
            if not is_right(note["text"]):
                return None
            self.note(key, note["text"], stored)
        return note["text"]

    def note(self, key: str, text: str, stored: str) -> str:
        self.notes[key] = {"text": text, "print": _fingerprint(stored)}
        return text

    def save(self) -> None:
        """Write all or nothing; the file belongs to the owner of the folder."""
        instance.make_folders()
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.notes, file, indent=1)
            if os.geteuid() == 0:
                folder = self.path.parent.stat()
                os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
        temporary.replace(self.path)


def _fingerprint(stored: str) -> str:
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


@dataclass
class Company:
    """What there is to show; `renewed` names whose secrets could not be shown again and were made anew."""

    shown: dict[str, Any] = field(default_factory=dict)
    renewed: list[str] = field(default_factory=list)


def make_company() -> Company:
    """Make what is missing of the demo company and describe all of it. Raises DemoError when in the way of others."""
    company = Company()
    notebook = Notebook(instance.secrets / "demo.json")
    host = instance.advertised
    with transaction.atomic():
        admin = _admin(company, notebook)
        users = [_person(company, notebook, person) for person in PEOPLE]
        company.shown = {
            "web": f"http://{host}:{instance.http_port}/",
            "admin": admin,
            "sip": {
                "host": host,
                "port": instance.sip_port,
                "tls_port": instance.tls_port,
                "ws_url": f"ws://{host}:{instance.ws_port}",
            },
            "users": users,
            "groups": [_group()],
            "departments": [_department()],
            "receptionists": _receptionists(),
            "trunk": _trunk(),
            "voicemail_number": VOICEMAIL_MENU,
        }
        # Last in the transaction: without the file the rows would have secrets that nobody knows.
        notebook.save()
    return company


def _admin(company: Company, notebook: Notebook) -> dict[str, str]:
    name, email = ADMIN
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(name=name, email=email, is_staff=True, is_superuser=True)
        password = notebook.note(email, do_renew_password(user), user.password)
    else:
        password = _password(company, notebook, user)
    return {"email": email, "password": password}


def _person(company: Company, notebook: Notebook, person: Person) -> dict[str, Any]:
    user = User.objects.filter(email=person.email).first()
    extension = Extension.objects.filter(number=person.number).select_related("user").first()
    if (extension and not _is_ours(extension, user, person)) or RingGroup.objects.filter(
        number=person.number
    ).exists():
        raise DemoError(
            f"{person.number} is somebody else's number: the demo company wants 100 to 104 and {GROUP}"
        )
    if user is None:
        user = User(name=person.name, email=person.email, language=person.language)
        notebook.note(person.email, do_create_person(user).password, user.password)
    if extension is None:
        extension = Extension(number=person.number, name=person.name, language=person.language)
    if extension.user is None:
        extension.user = user
        extension.save()
    return {
        "name": user.name,
        "extension": extension.number,
        "email": user.email,
        "password": _password(company, notebook, user),
        "pin": _pin(company, notebook, extension),
        "devices": [_device(company, notebook, extension, extension.number + end) for end in person.phones],
    }


def _is_ours(extension: Extension, user: User | None, person: Person) -> bool:
    """Whether it belongs to the demo's user, or was left behind when that user was deleted."""
    return extension.name == person.name if extension.user is None else extension.user == user


def _password(company: Company, notebook: Notebook, user: User) -> str:
    password = notebook.recall(user.email, user.password, user.check_password)
    if password is None:
        password = notebook.note(user.email, do_renew_password(user), user.password)
        company.renewed.append(f"password of {user.email}")
    return password


def _pin(company: Company, notebook: Notebook, extension: Extension) -> str:
    mailbox = Mailbox.objects.filter(extension=extension).first()
    key = f"pin {extension.number}"
    if mailbox is None:
        mailbox = Mailbox(extension=extension)
        pin = mailbox.make_pin()
        mailbox.save()
        return notebook.note(key, pin, mailbox.pin)
    known = notebook.recall(key, mailbox.pin, mailbox.check_pin)
    if known is None:
        known = notebook.note(key, do_renew_pin(mailbox), mailbox.pin)
        company.renewed.append(f"PIN of {extension.number}")
    return known


def _device(company: Company, notebook: Notebook, extension: Extension, username: str) -> dict[str, str]:
    device = Device.objects.filter(username=username).first()
    key = f"device {username}"
    if device is None:
        device, secret = do_create_device(extension, username=username, kind=Device.Kind.SOFT)
        notebook.note(key, secret, device.ha1)
    elif device.extension_id != extension.pk:
        raise DemoError(f"the SIP user {username} is somebody else's")
    else:
        known = notebook.recall(key, device.ha1, lambda _text: False)
        if known is None:
            known = notebook.note(key, do_renew_secret(device), device.ha1)
            company.renewed.append(f"secret of {username}")
        secret = known
    return {"username": username, "secret": secret}


def _receptionists() -> list[dict[str, Any]]:
    try:
        return make_receptionists()
    except ValidationError as error:
        raise DemoError(
            f"{' '.join(error.messages)} The demo company wants it for its receptionist"
        ) from error


def _group() -> dict[str, Any]:
    group = RingGroup.objects.filter(number=GROUP).first()
    if Extension.objects.filter(number=GROUP).exists():
        raise DemoError(f"{GROUP} is somebody else's number: the demo company wants it for its ring group")
    if group is None:
        group = RingGroup.objects.create(
            number=GROUP, name=GROUP_NAME, voicemail_of=Extension.objects.get(number=GROUP_VOICEMAIL)
        )
        for position, number in enumerate(GROUP_MEMBERS):
            RingGroupMember.objects.create(
                group=group, extension=Extension.objects.get(number=number), position=position
            )
    members = RingGroupMember.objects.filter(group=group).values_list("extension__number", flat=True)
    return {
        "number": group.number,
        "name": group.name,
        "members": list(members),
        "voicemail_of": group.voicemail_of.number if group.voicemail_of else "",
    }


def _department() -> dict[str, Any]:
    """With office hours of its own: Monday to Friday, but for the public holidays; then the voicemail answers."""
    department = Department.objects.filter(number=DEPARTMENT).first()
    if department is None:
        if numbering.exists(DEPARTMENT) or Department.objects.filter(name=DEPARTMENT_NAME).exists():
            raise DemoError(
                f"{DEPARTMENT} or {DEPARTMENT_NAME} is there already: the demo company wants it for its department"
            )
        department = Department.objects.create(
            name=DEPARTMENT_NAME,
            number=DEPARTMENT,
            closed_kind=Kind.VOICEMAIL,
            closed_target=DEPARTMENT_VOICEMAIL,
        )
        Extension.objects.filter(number__in=DEPARTMENT_MEMBERS, department=None).update(department=department)
        hours = OfficeHours.objects.create(department=department, country=settings.COUNTRY)
        OfficeSpan.objects.bulk_create(
            OfficeSpan(hours=hours, weekday=day, start=OPENS, end=CLOSES) for day in WORKDAYS
        )
    return {
        "number": department.number,
        "name": department.name,
        "members": list(department.members.order_by("number").values_list("number", flat=True)),
        "otherwise": {"kind": department.closed_kind, "target": department.closed_target},
    }


def _trunk() -> dict[str, Any]:
    trunk, _made = Trunk.objects.get_or_create(
        name=TRUNK_NAME, defaults={"host": "127.0.0.1", "port": TRUNK_PORT, "caller_id": TRUNK_NUMBER}
    )
    InboundNumber.objects.get_or_create(
        number=TRUNK_NUMBER, defaults={"trunk": trunk, "kind": Kind.SYSTEM, "target": GROUP}
    )
    return {
        "name": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "caller_id": trunk.caller_id,
        "numbers": [
            {"number": row.number, "destination": row.target} for row in trunk.numbers.order_by("number")
        ],
    }
