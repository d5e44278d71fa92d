"""People and their own settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import audience
from accounts.api import router
from accounts.events import FavouritesEvent, PersonEvent, ProfileEvent, SessionNews
from accounts.selectors import Me, favourites_of, me_of
from telephony.features import EventKind, Feature, MenuEntry, SnapshotPart

FEATURE = Feature(
    "accounts",
    events=(
        EventKind(PersonEvent, PersonEvent, audience.person),
        EventKind(FavouritesEvent, FavouritesEvent, own=True),
        EventKind(ProfileEvent, ProfileEvent, own=True),
        EventKind(SessionNews, audience=audience.session),
    ),
    snapshot=(
        SnapshotPart("me", Me, lambda reader: me_of(reader.user)),
        SnapshotPart("favourites", list[str], lambda reader: favourites_of(reader.user)),
    ),
    routers=(router,),
    menu=(
        MenuEntry("people", _("Users"), "person", "accounts", "user", 10),
        MenuEntry("people", _("Roles"), "badge", "auth", "group", 90),
        MenuEntry("sign_in", _("Policy"), "policy", "accounts", "signinpolicy", 10),
        MenuEntry("sign_in", _("Microsoft, Google"), "passkey", "socialaccount", "socialapp", 20),
        MenuEntry("sign_in", _("Linked accounts"), "link", "socialaccount", "socialaccount", 30),
        MenuEntry("sign_in", _("Second factors"), "key", "mfa", "authenticator", 40),
        MenuEntry("sign_in", _("Sessions"), "devices", "usersessions", "usersession", 50),
    ),
    client=("settings",),
    pages=("settings",),
)
