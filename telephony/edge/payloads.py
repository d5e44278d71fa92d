"""The documents for lamps: dialog-info for BLF (RFC 4235) and message-summary for MWI (RFC 3842)."""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape, quoteattr

LampState = Literal["idle", "ringing", "busy"]

DIALOG_INFO = "application/dialog-info+xml"
MESSAGE_SUMMARY = "application/simple-message-summary"


def dialog_info(
    extension: str,
    realm: str,
    state: LampState,
    *,
    version: int,
    call: str = "",
    peer: str = "",
    peer_name: str = "",
    incoming: bool = True,
) -> str:
    """State of an extension as one dialog (RFC 4235 §4). `version` must rise by one with each document (§4.1.1).

    `call` names the call; `peer` is the number at the other end. While ringing, `incoming` tells a phone whether the
    lamp is for a call that a colleague may pick up.
    """
    entity = f"sip:{extension}@{realm}"
    dialog = ""
    if state != "idle":
        direction = "recipient" if incoming else "initiator"
        phase = "confirmed" if state == "busy" else "early" if incoming else "proceeding"
        local = f"<local><identity>{escape(entity)}</identity><target uri={quoteattr(entity)}/></local>"
        remote = _party("remote", f"sip:{peer}@{realm}", peer_name) if peer else ""
        dialog = (
            f"<dialog id={quoteattr(call or extension)} call-id={quoteattr(call or extension)} "
            f'direction="{direction}"><state>{phase}</state>{local}{remote}</dialog>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full" '
        f"entity={quoteattr(entity)}>{dialog}</dialog-info>\n"
    )


def message_summary(extension: str, realm: str, new: int, old: int) -> str:
    """Messages in a mailbox (RFC 3842 §3.5): unheard and heard ones; urgent ones there are none."""
    return (
        f"Messages-Waiting: {'yes' if new else 'no'}\r\n"
        f"Message-Account: sip:{extension}@{realm}\r\n"
        f"Voice-Message: {new}/{old} (0/0)\r\n"
    )


def _party(tag: str, uri: str, name: str) -> str:
    display = f" display={quoteattr(name)}" if name else ""
    return f"<{tag}><identity{display}>{escape(uri)}</identity><target uri={quoteattr(uri)}/></{tag}>"
