"""The writers of people: a user, usually with an extension, a phone and a mailbox."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from telephony.extensions.actions import do_create_device
from telephony.extensions.models import SECRET_ALPHABET, Device, Extension
from voicemail.models import Mailbox


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person that was just made. The secret texts are kept nowhere else: show them now or never."""

    user: User
    password: str = field(repr=False)
    extension: Extension | None = None
    device: Device | None = None
    secret: str = field(default="", repr=False)
    mailbox: Mailbox | None = None
    pin: str = field(default="", repr=False)


def make_password_text() -> str:
    """A random password of 15 letters and digits (86 bits) in three groups, easy to read aloud."""
    return "-".join("".join(secrets.choice(SECRET_ALPHABET) for _letter in range(5)) for _group in range(3))


@transaction.atomic
def do_create_person(
    user: User, *, number: str = "", phone: bool = True, voicemail: bool = True
) -> NewPerson:
    """Save `user`, which is not in the database yet, with a new password.

    With a `number` the user gets that extension, and with it a phone and a mailbox if wanted. Raises
    ValidationError when the number is taken.
    """
    password = do_renew_password(user)
    if not number:
        return NewPerson(user, password)
    extension = Extension(number=number, name=user.name, user=user, language=user.language)
    extension.full_clean()
    extension.save()
    device, secret = do_create_device(extension) if phone else (None, "")
    mailbox, pin = None, ""
    if voicemail:
        mailbox = Mailbox(extension=extension)
        pin = mailbox.make_pin()
        mailbox.save()
    return NewPerson(user, password, extension, device, secret, mailbox, pin)


def do_renew_password(user: User) -> str:
    """Give the user a new random password, save, and return it. Sessions with the old one end."""
    password = make_password_text()
    user.set_password(password)
    user.save()
    return password
