"""Strangers and people without rights are refused at every door of the administration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from channels.testing import WebsocketCommunicator
from django.contrib import admin as site
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import SignInPolicy, User
from pbxsite.asgi import application
from presence.models import Reachability
from telephony.calls.models import Call
from telephony.edge.models import Ban, Registration
from telephony.extensions.models import Department, RingGroup
from telephony.hours.models import OfficeHours
from telephony.receptionist.models import Receptionist
from telephony.recordings.models import Recording, RecordingRule
from telephony.sound.models import Prompt
from telephony.trunks.models import Trunk
from telephony.trunks.rules import CallingLimits, OutboundRule, OutsideRights
from tests.rig import samples
from tests.rig.web import make_message, make_phone, sign_in
from voicemail.models import Mailbox

# Open to whoever may sign in: they show nothing of the exchange.
# Whoever may change these can become anybody: for full administrators only, whatever rights somebody has.
POWERS = (SignInPolicy, SocialApp)
FOR_STAFF = {"index", "password_change", "password_change_done", "search", "jsi18n", "logout", "login"}


@pytest.fixture
def rows(mailbox: Mailbox, colleague: User) -> dict[type[Model], Model]:
    """A row of every model that has pages."""
    now = timezone.now()
    message = make_message(mailbox)
    phone = make_phone("101", "Bert")
    made = [
        colleague,
        Group.objects.create(name="Reception"),
        mailbox,
        message,
        phone,
        phone.extension,
        RingGroup.objects.create(number="600", name="Sales"),
        Trunk.objects.create(name="Line", host="192.0.2.1"),
        Call.objects.create(id="c1", node="m", direction="internal", caller="1", dialled="2", started=now),
        Ban.objects.create(address="192.0.2.7", reason="flood", since=now, until=now),
        Registration.objects.create(extension="101", contact="sip:x", source="udp:x", since=now, expires=now),
        SignInPolicy.objects.create(),
        SocialApp.objects.create(provider="openid_connect", provider_id="oidc", name="Other", client_id="c"),
        SocialAccount.objects.create(user=colleague, provider="oidc", uid="1"),
        Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={}),
        UserSession.objects.create(user=colleague, session_key="x", ip="192.0.2.8"),
        OfficeHours.objects.create(),
        Department.objects.create(name="Sales"),
        OutboundRule.objects.create(name="All"),
        CallingLimits.objects.create(),
        OutsideRights.objects.create(extension=phone.extension),
        Reachability.objects.get(number="101"),
        *recording_rows(),
        *samples.rows(colleague),
    ]
    return {type(row): row for row in made}


def recording_rows() -> list[Model]:
    """A recording with its rule, a line of the audit log, a receptionist with its prompt."""
    now = timezone.now()
    recording = Recording.objects.create(
        call_id="c1", file="c1-1.wav", started=now, seconds=1, bytes=1, expires=now
    )
    prompt = Prompt.objects.create(number=1, name="Welcome", text="Welcome.")
    return [
        recording,
        LogEntry.objects.log_create(recording, force_log=True, action=LogEntry.Action.ACCESS),
        RecordingRule.objects.create(trunk=Trunk.objects.get()),
        prompt,
        Receptionist.objects.create(number="800", name="Reception", welcome=prompt),
    ]


def doors(rows: dict[type[Model], Model]) -> Iterator[str]:
    """The address of every page of the administration."""
    for model, model_admin in site.site._registry.items():
        for pattern in model_admin.get_urls():
            if pattern.name:
                key = rows[model].pk
                for arguments in ([], [key]):
                    try:
                        yield reverse(f"admin:{pattern.name}", args=arguments)
                    except NoReverseMatch:
                        continue
    for entry in site.site.get_urls():
        if (name := getattr(entry, "name", None)) and name not in FOR_STAFF:
            try:
                yield reverse(f"admin:{name}")
            except NoReverseMatch:
                continue
    for app in sorted({model._meta.app_label for model in site.site._registry}):
        yield reverse("admin:app_list", args=[app])


def test_every_model_that_is_administered_has_a_row_here(rows: dict[type[Model], Model]) -> None:
    assert set(rows) == set(site.site._registry)
    assert len(list(doors(rows))) > 60


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_sign_in_page(
    rows: dict[type[Model], Model], client: Client, method: str
) -> None:
    for door in doors(rows):
        answer = getattr(client, method)(door)
        assert answer.status_code == 302, door
        assert answer.headers["Location"].startswith("/admin/login/"), door


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_user_who_is_not_staff_is_sent_to_the_sign_in_page(
    rows: dict[type[Model], Model], colleague: User, method: str
) -> None:
    browser = sign_in(colleague)
    for door in doors(rows):
        answer = getattr(browser, method)(door)
        assert answer.status_code == 302, door
        assert answer.headers["Location"].startswith("/admin/login/"), door


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_the_right_are_refused(
    rows: dict[type[Model], Model], clerk: User, method: str
) -> None:
    browser = sign_in(clerk)
    for door in doors(rows):
        answer = getattr(browser, method)(door, {"_form_submitted": "on"} if method == "post" else None)
        assert answer.status_code in (403, 404, 405), door


def test_staff_without_rights_see_an_overview_without_the_exchange_in_it(
    rows: dict[type[Model], Model], clerk: User
) -> None:
    page = sign_in(clerk).get("/admin/").content.decode()
    for absent in ("Live calls", "Registered phones", "New messages", "New bans", "Last calls"):
        assert absent not in page


def test_who_may_look_at_everything_may_change_nothing(rows: dict[type[Model], Model], clerk: User) -> None:
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    browser = sign_in(clerk)
    for model, row in rows.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model in POWERS:
            assert browser.get(reverse(f"{name}_changelist")).status_code == 403
            continue
        assert browser.get(reverse(f"{name}_changelist"), follow=True).status_code == 200
        assert browser.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        for page, arguments in (("add", []), ("change", [row.pk]), ("delete", [row.pk])):
            assert browser.post(reverse(f"{name}_{page}", args=arguments)).status_code == 403, (name, page)
    for action, listed in (
        ("end", "telephony_registration"),
        ("lift", "telephony_ban"),
        ("unlock", "voicemail_mailbox"),
    ):
        key = next(
            row.pk for model, row in rows.items() if model._meta.label_lower.replace(".", "_") == listed
        )
        page = reverse(f"admin:{listed}_changelist")
        browser.post(page, {"action": action, "_selected_action": key})
    assert Ban.objects.exists() and Registration.objects.exists()


async def _knock(client: Client, origin: str = "http://localhost") -> bool:
    """Whether the live socket lets this browser in."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    socket = WebsocketCommunicator(
        application,
        "/ws/admin/",
        headers=[(b"host", b"localhost"), (b"origin", origin.encode()), (b"cookie", cookies.encode())],
    )
    let_in, _code = await socket.connect(timeout=5)
    await socket.disconnect()
    return let_in


@pytest.mark.django_db(transaction=True)
class TestLiveSocket:
    async def test_a_stranger_is_refused(self) -> None:
        assert not await _knock(Client())

    async def test_a_user_who_is_not_staff_is_refused(self, colleague: User) -> None:
        browser = Client()
        await browser.aforce_login(colleague)
        assert not await _knock(browser)

    async def test_staff_without_rights_are_refused(self, clerk: User) -> None:
        browser = Client()
        await browser.aforce_login(clerk)
        assert not await _knock(browser)

    async def test_an_administrator_is_let_in(self, boss: User) -> None:
        browser = Client()
        await browser.aforce_login(boss)
        assert await _knock(browser)

    async def test_a_page_of_another_site_is_refused(self, boss: User) -> None:
        browser = Client()
        await browser.aforce_login(boss)
        assert not await _knock(browser, origin="http://elsewhere.example")
