"""Voicemail: messages, greetings, the menu by telephone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from live.audience import owner
from live.events import VoicemailCount
from telephony.edge.events import MailboxEvent
from telephony.features import EventKind, Feature, MenuEntry, Reader, SnapshotPart
from voicemail import selectors, spoken, story
from voicemail.api import router
from voicemail.codes import CODES


def _count(reader: Reader) -> VoicemailCount:
    new, old = selectors.count(reader.number) if reader.number else (0, 0)
    return {"new": new, "old": old}


FEATURE = Feature(
    "voicemail",
    codes=CODES,
    services={"menu": "voicemail.flows.menu:menu"},
    deposit="voicemail.flows.deposit:deposit",
    store="voicemail.recovery:recover_recordings",
    messages=selectors.counts,
    story=story.SENTENCES,
    prompts=spoken.PROMPTS,
    events=(EventKind(MailboxEvent, MailboxEvent, owner, permission="voicemail.view_mailbox"),),
    snapshot=(SnapshotPart("voicemail", VoicemailCount, _count),),
    routers=(router,),
    tasks=("voicemail.tasks",),
    beat={
        "purge-voicemail": {"task": "voicemail.purge_messages", "schedule": 3600.0},
        "mail-waiting-messages": {"task": "voicemail.mail_waiting_messages", "schedule": 300.0},
    },
    menu=(
        MenuEntry("voicemail", _("Mailboxes"), "voicemail", "voicemail", "mailbox", 10),
        MenuEntry("voicemail", _("Messages"), "graphic_eq", "voicemail", "message", 20),
    ),
    client=("voicemail",),
    pages=("voicemail",),
)
