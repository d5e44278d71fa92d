"""The SIP dialog of a leg: whether it is there, and what can be sent within it."""

from __future__ import annotations

import logging

import pjsua2 as pj

from telephony.engine.callbacks import audio_only
from telephony.engine.state import LegState

log = logging.getLogger(__name__)

NO_CALL = pj.PJSUA_INVALID_ID


class Dialog(pj.Call):
    """One dialog with one party."""

    state: LegState

    @property
    def alive(self) -> bool:
        return self.state is not LegState.ENDED and self.getId() != NO_CALL

    @property
    def answered(self) -> bool:
        return self.state is LegState.ANSWERED

    def send_digit(self, digit: str) -> None:
        """Press a key towards the party (RFC 4733; INFO when it does not know that)."""
        if not self.alive or not self.answered:
            return
        try:
            self.dialDtmf(digit)
        except pj.Error:
            prm = pj.CallSendDtmfParam()
            prm.method = pj.PJSUA_DTMF_METHOD_SIP_INFO
            prm.digits = digit
            try:
                self.sendDtmf(prm)
            except pj.Error as error:
                log.debug("digit not sent: %s", error.info())

    def request(self, method: str, headers: dict[str, str], content_type: str = "", body: str = "") -> None:
        """Send a request inside the dialog."""
        if not self.alive:
            return
        prm = pj.CallSendRequestParam()
        prm.method = method
        for name, value in headers.items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.append(header)
        prm.txOption.contentType, prm.txOption.msgBody = content_type, body
        try:
            self.sendRequest(prm)
        except pj.Error as error:
            log.debug("%s not sent: %s", method, error.info())

    def offer_again(self) -> None:
        """Re-INVITE: agree on the way of the sound anew."""
        try:
            self.reinvite(audio_only())
        except pj.Error as error:
            log.debug("re-INVITE not sent: %s", error.info())

    def notify_transfer(self, status: int, text: str) -> None:
        """Tell the phone that asked for a transfer how it goes (RFC 3515 §2.4.4)."""
        state = "active;expires=60" if status < 200 else "terminated;reason=noresource"
        self.request(
            "NOTIFY",
            {"Event": "refer", "Subscription-State": state},
            "message/sipfrag;version=2.0",
            f"SIP/2.0 {status} {text}\r\n",
        )
