"""Reading and writing SIP messages."""

from __future__ import annotations

import pytest

from tests.rig.phones.message import Identity, NotSip, SipMessage, build, only_codecs

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 4000 RTP/AVP 8 0 9 96 120\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:120 telephone-event/8000\r\na=sendrecv\r\n"
)


def test_a_message_survives_the_wire() -> None:
    raw = build(
        "INVITE sip:101@host SIP/2.0", [("From", '"A, B" <sip:100@host>;tag=1'), ("i", "x")], "v=0\r\n"
    )
    message = SipMessage.parse(raw)
    assert (message.method, message.uri, message["call-id"], message.body) == (
        "INVITE",
        "sip:101@host",
        "x",
        "v=0\r\n",
    )
    assert message.identity == Identity("A, B", "100", "sip:100@host")


def test_the_asserted_identity_counts_more_than_from() -> None:
    headers = [("From", "<sip:anonymous@host>"), ("P-Asserted-Identity", "<sip:+31201234567@host>")]
    assert SipMessage.parse(build("INVITE sip:1@host SIP/2.0", headers)).identity.number == "+31201234567"


def test_a_folded_header_is_one_value() -> None:
    message = SipMessage.parse("SIP/2.0 200 OK\r\nContact: <sip:1@a>,\r\n <sip:2@b>\r\n\r\n")
    assert message.code == 200
    assert message["contact"] == "<sip:1@a>, <sip:2@b>"


def test_other_bytes_are_no_message() -> None:
    with pytest.raises(NotSip):
        SipMessage.parse(b"\x80\x08\x00\x01")


def test_only_the_chosen_codecs_stay_in_their_order() -> None:
    sdp = only_codecs(OFFER, ["opus", "G722"])
    assert "m=audio 4000 RTP/AVP 96 9 120\r\n" in sdp
    assert "PCMA" not in sdp
    assert "a=fmtp:96" in sdp


def test_no_codec_in_common_is_an_error() -> None:
    with pytest.raises(ValueError, match="none of"):
        only_codecs(OFFER, ["GSM"])
