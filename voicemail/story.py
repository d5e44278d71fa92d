"""Steps of a call that voicemail takes."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    "message_left": _("The caller left a message of {seconds:seconds} for {extension}."),
    "message_empty": _("The caller left no message."),
    "message_impossible": _("The disk is full: the caller heard that no message can be left now."),
    "message_unwritable": _(
        "Nothing could be stored ({detail}): the caller heard that no message can be left now."
    ),
    "message_recovered": _("The recording was cut off; what there was ({seconds:seconds}) is kept."),
    "database_away": _("The database did not answer: the caller heard that no message can be left now."),
    "message_waits": _("The caller left a message for {extension}; it waits until it can be stored."),
    "message_stored": _("The message of {seconds:seconds} has been stored after all."),
    "wrong_pin": _("Wrong PIN for {extension}."),
    "mailbox_locked": _("The menu of {extension} is locked after too many wrong PINs."),
    "sent_to_voicemail": _("At {who} the call was sent to voicemail."),
    "message_asked": _("The caller chose to leave a message for {extension}."),
    "no_mailbox": _("{extension} has no voicemail."),
    "voicemail_menu": _("The caller called the voicemail menu."),
}
