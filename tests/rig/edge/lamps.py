"""Subscriptions to lamps, and what they show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

from telephony.edge import payloads
from tests.rig.edge.agents import Message, Phone, request_for

DIALOG = {"x": "urn:ietf:params:xml:ns:dialog-info"}


def subscribe(one: Phone, target: str, event: str, expires: int = 600) -> Message:
    """SUBSCRIBE, the challenge met; the final answer."""
    accept = payloads.DIALOG_INFO if event == "dialog" else payloads.MESSAGE_SUMMARY
    extra = (("Event", event), ("Accept", accept))
    return one.ask(one.build("SUBSCRIBE", f"sip:{target}@kiestoon", *extra, Expires=str(expires)))


def notified(one: Phone, test: Callable[[str], bool] = bool) -> Message:
    """The next NOTIFY whose body passes, answered with 200; the others are answered too."""
    while True:
        notify = one.expect(request_for("NOTIFY"))
        one.send(notify.answer(200))
        if test(notify.body):
            return notify


def state_of(notify: Message) -> str:
    """State of the only dialog in a document."""
    found = ET.fromstring(notify.body).findtext("x:dialog/x:state", namespaces=DIALOG)
    return found or "none"
