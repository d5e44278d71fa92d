"""When somebody's name, department or picture changes, everybody hears it; when a session ends, its browsers do."""

from __future__ import annotations

from typing import Any

import redis
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

import live
from accounts import events
from accounts.actions import tell_profile
from accounts.models import User
from presence.team import people
from telephony.extensions.browsers import do_end_browsers, do_end_browsers_of, session_mark
from telephony.extensions.models import Department, Extension


def tell_person(number: str) -> None:
    """After the commit: this is what everybody sees of them now."""

    def tell() -> None:
        try:
            found = people(only=number)
        except redis.RedisError:
            return  # nobody would hear it
        live.publish(events.person_changed(number, found[0] if found else None))

    transaction.on_commit(tell, robust=True)


@receiver([post_save, post_delete], sender=Extension, dispatch_uid="api-person-extension")
def extension_changed(instance: Extension, **_kwargs: Any) -> None:
    tell_person(instance.number)


@receiver(post_save, sender=User, dispatch_uid="api-person-user")
def user_changed(instance: User, update_fields: frozenset[str] | None = None, **_kwargs: Any) -> None:
    """Of a user only the picture shows to others; signing in saves the user too."""
    # Set between `set_password` and the end of the save, and not when a hash is only made stronger.
    if getattr(instance, "_password", None) is not None or not instance.is_active:
        do_end_browsers_of(instance)
    if update_fields is None:
        tell_profile(instance)
    elif "picture" in update_fields:
        extension = Extension.objects.filter(user=instance).first()
        if extension is not None:
            tell_person(extension.number)


@receiver(post_save, sender=Department, dispatch_uid="api-person-department")
def department_changed(instance: Department, created: bool, **_kwargs: Any) -> None:
    if not created:
        for number in instance.members.values_list("number", flat=True):
            tell_person(number)


@receiver(post_delete, sender=Session, dispatch_uid="api-session-over")
def session_over(instance: Session, **_kwargs: Any) -> None:
    """Signed out, or ended from elsewhere: its sockets close, its browsers ring no more."""
    do_end_browsers(instance.session_key)
    news = events.session_over(session_mark(instance.session_key))
    transaction.on_commit(lambda: live.publish(news), robust=True)
