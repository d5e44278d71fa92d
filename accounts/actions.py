"""The only place where people's own profile, picture and favourites change."""

from __future__ import annotations

from django.db import transaction

import live
from accounts import pictures
from accounts.events import favourites_changed, profile_changed
from accounts.models import Favourite, User
from accounts.selectors import favourites_of, me_of
from telephony.extensions.models import Extension


def do_change_profile(user: User, *, language: str | None = None, theme: str | None = None) -> None:
    """Change what is given; None leaves it as it is, also when another request changes that meanwhile."""
    given = {name: value for name, value in (("language", language), ("theme", theme)) if value is not None}
    if given:
        User.objects.filter(pk=user.pk).update(**given)
        user.refresh_from_db(fields=["language", "theme"])
    tell_profile(user)


def do_set_picture(user: User, name: str) -> None:
    """Take this file as the picture ("" for none); the old one goes after the commit."""
    old, user.picture = user.picture, name
    user.save(update_fields=["picture"])
    if old:
        transaction.on_commit(lambda: pictures.remove(old), robust=True)
    tell_profile(user)


def tell_profile(user: User) -> None:
    """Tell the user's own clients; everybody else hears of a new name or picture by `presence.team_signals`."""
    me = me_of(user)
    account = me["user"]
    news = profile_changed(
        name=account["name"],
        language=account["language"],
        theme=account["theme"],
        picture=account["picture"],
        mobile=me["mobile"],
    )
    transaction.on_commit(lambda: live.publish(news, user=user.pk))


def do_add_favourite(user: User, extension: Extension) -> list[str]:
    """See this colleague first from now on; all favourites."""
    Favourite.objects.get_or_create(user=user, extension=extension)
    return _tell_favourites(user)


def do_remove_favourite(user: User, extension: Extension) -> list[str]:
    """Not first any more; all favourites."""
    Favourite.objects.filter(user=user, extension=extension).delete()
    return _tell_favourites(user)


def _tell_favourites(user: User) -> list[str]:
    favourites = favourites_of(user)
    news = favourites_changed(favourites)
    transaction.on_commit(lambda: live.publish(news, user=user.pk))
    return favourites
