"""Reading what telephones write, and writing nothing that they could have meant otherwise."""

from __future__ import annotations

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.engine.sip import (
    display_name,
    escaped,
    headers,
    quoted,
    read_invitation,
    refer_target,
    uri_user,
)

INVITE = "\r\n".join(
    [
        "INVITE sip:101@kiestoon SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1",
        'From: "Somebody" <sip:100@kiestoon>;tag=1',
        "To: <sip:101@kiestoon>",
        "Call-ID: abc@phone",
        "P-Asserted-Identity: <sip:100@kiestoon>",
        "X-Kiestoon-Extension: 100",
        "X-Kiestoon-Device: 7",
        "X-Kiestoon-Source: udp:10.0.0.5:5060",
        "Content-Length: 31",
        "",
        "v=0",
        "X-Kiestoon-Trunk: 1",
        "s=-",
    ]
)


def test_an_invitation_from_an_extension_is_read() -> None:
    found = read_invitation(INVITE)
    assert (found.dialled, found.call_id) == ("101", "abc@phone")
    assert (found.extension, found.caller, found.device) == ("100", "100", 7)
    assert found.source == "udp:10.0.0.5:5060"


@pytest.mark.parametrize("lines", ["\r\n", "\n"])
def test_nothing_in_a_body_counts_as_a_header(lines: str) -> None:
    assert read_invitation(INVITE.replace("\r\n", lines)).trunk is None
    assert read_invitation(INVITE.replace("\r\n\r\n", "\r\n\n")).trunk is None


@pytest.mark.parametrize(
    ("sender", "number", "name"),
    [
        (
            '"Jansen, \\"de\\" & Zn" <sip:+31201112222@provider.example>;tag=1',
            "+31201112222",
            'Jansen, "de" & Zn',
        ),
        ('"Zoë Jørgensen" <sip:0201112222@provider.example>', "0201112222", "Zoë Jørgensen"),
        ('"Jos\udce9" <sip:0201112222@provider.example>', "0201112222", "José"),
        ("Reception Desk <sip:0201112222@provider.example>", "0201112222", "Reception Desk"),
        ("<sip:0201112222@provider.example>;tag=2", "0201112222", ""),
        ("sip:0201112222@provider.example;tag=2", "0201112222", ""),
        ("<sip:+31201112222;phone-context=nl@provider.example;user=phone>", "+31201112222", ""),
        ("<sip:provider.example>", "", ""),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', "anonymous", "Anonymous"),
        # a name is a name, whatever it looks like
        ('"sip:101@kiestoon" <sip:evil@provider.example>', "evil", "sip:101@kiestoon"),
        ('"<sip:101@kiestoon>" <sip:evil@provider.example>', "evil", "<sip:101@kiestoon>"),
        ("<sip:1%0d%0aX-Kiestoon-Extension:%20100@provider.example>", "1X-Kiestoon-Extension: 100", ""),
        ('"a\tb\x07c" <sip:1%00@provider.example>', "1", "abc"),
    ],
)
def test_who_calls_from_outside(sender: str, number: str, name: str) -> None:
    message = f"INVITE sip:+31201234567@kiestoon SIP/2.0\r\nFrom: {sender}\r\nX-Kiestoon-Trunk: 3\r\n\r\n"
    found = read_invitation(message)
    assert (found.caller, found.caller_name) == (number, name)
    assert (found.trunk, found.extension, found.dialled) == (3, "", "+31201234567")


def test_what_the_provider_asserts_goes_before_what_the_caller_says() -> None:
    message = (
        "INVITE sip:1@kiestoon SIP/2.0\r\n"
        'f: "Fake" <sip:666@x>\r\n'
        'P-Asserted-Identity: "True" <sip:0201112222@x>\r\n\r\n'
    )
    found = read_invitation(message)
    assert (found.caller, found.caller_name) == ("0201112222", "True")


@pytest.mark.parametrize(
    ("asserted", "number"),
    [
        ("<tel:+31201112222>", "+31201112222"),
        ("tel:+31-20-111-2222;cpc=ordinary", "+31-20-111-2222"),
        ('"Zoë" <tel:0201112222;phone-context=+31>, <sip:+31201112222@x>', "+31201112222"),
        # without a user it says nothing
        ("<sip:provider.example>", "666"),
        ("", "666"),
    ],
)
def test_who_is_asserted_by_a_telephone_number_or_not_at_all(asserted: str, number: str) -> None:
    message = (
        "INVITE sip:1@kiestoon SIP/2.0\r\nFrom: <sip:666@x>;tag=1\r\n"
        f"P-Asserted-Identity: {asserted}\r\nX-Kiestoon-Trunk: 3\r\n\r\n"
    )
    assert read_invitation(message).caller == number


@pytest.mark.parametrize("privacy", ["id", "user;id;critical", "header"])
def test_who_wants_to_stay_unknown_stays_unknown(privacy: str) -> None:
    message = (
        'INVITE sip:1@kiestoon SIP/2.0\r\nFrom: "Zoë" <sip:0201112222@x>;tag=1\r\n'
        f'P-Asserted-Identity: "Zoë" <sip:0201112222@x>\r\nPrivacy: {privacy}\r\nX-Kiestoon-Trunk: 3\r\n\r\n'
    )
    found = read_invitation(message)
    assert (found.caller, found.caller_name) == ("anonymous", "Anonymous")
    assert read_invitation(message.replace(privacy, "none")).caller == "0201112222"


def test_who_sent_a_call_on_before_it_came_here() -> None:
    message = (
        "INVITE sip:1@kiestoon SIP/2.0\r\nFrom: <sip:0201112222@x>\r\nX-Kiestoon-Trunk: 3\r\n"
        'Diversion: "Bram" <sip:+31687654321@x>;reason=unconditional, <sip:0201119999@x>\r\n'
        "History-Info: <sip:0611111111@x>;index=1\r\n\r\n"
    )
    assert read_invitation(message).diverted == ("+31687654321", "0201119999", "0611111111")


def test_short_forms_and_odd_spacing_are_read_and_the_first_of_two_counts() -> None:
    message = (
        "INVITE sip:%2a43@kiestoon SIP/2.0\r\nf :<sip:1@x>\r\ni:\t77 \r\nX-A: first\r\nx-a: second\r\n\r\n"
    )
    found = read_invitation(message)
    assert (found.dialled, found.call_id, found.caller) == ("*43", "77", "1")
    assert headers(message)["x-a"] == "first"


@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "٣", "99x"])
def test_a_device_or_trunk_that_is_no_number_is_none(value: str) -> None:
    found = read_invitation(f"INVITE sip:1@k SIP/2.0\r\nX-Kiestoon-Device: {value}\r\n\r\n")
    assert found.device is None


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=0x2FF), max_size=200))
def test_no_message_is_so_odd_that_reading_it_fails(text: str) -> None:
    found = read_invitation(text)
    assert len(found.dialled) <= 80
    assert len(found.caller) <= 80
    refer_target(text)


# --- transfers


@pytest.mark.parametrize(
    ("refer_to", "number", "replaces"),
    [
        ("<sip:102@kiestoon>", "102", ""),
        ("sip:102@10.0.0.1:5070;transport=tcp", "102", ""),
        ("<sip:%2B31201112222@kiestoon;user=phone>", "+31201112222", ""),
        ('"Chris" <sips:102@kiestoon>', "102", ""),
        ('"sip:666@x" <sip:102@kiestoon>', "102", ""),
        (
            "<sip:102@kiestoon?Replaces=call-1%4010.0.0.5%3Bto-tag%3Da%3Bfrom-tag%3Db>",
            "102",
            "call-1@10.0.0.5",
        ),
        ("<sip:102@kiestoon;transport=udp?replaces=c2%3bto-tag%3da%3bfrom-tag%3db&X=1>", "102", "c2"),
        ("<sip:102@kiestoon?Subject=hello>", "102", ""),
        ("<sip:kiestoon>", "", ""),
        ("<tel:+31201112222>", "", ""),
        ("", "", ""),
    ],
)
def test_whereto_a_phone_transfers(refer_to: str, number: str, replaces: str) -> None:
    assert refer_target(refer_to) == (number, replaces)


@given(st.text(alphabet=string.ascii_letters + string.digits + "-.@+!%*_", min_size=1, max_size=40))
def test_a_call_id_survives_its_way_through_a_refer_to(call_id: str) -> None:
    escaped_value = quote(f"{call_id};to-tag=1;from-tag=2", safe="")
    assert refer_target(f"<sip:102@kiestoon?Replaces={escaped_value}>") == ("102", call_id)


# --- what we write


@given(st.text(max_size=60))
def test_a_name_can_neither_end_its_header_nor_its_quotes(name: str) -> None:
    written = quoted(name)
    assert not any(letter < " " or letter == "\x7f" for letter in written)
    inside = written[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inside
    assert "\\" not in inside


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=60))
def test_a_name_that_we_write_is_read_as_it_was(name: str) -> None:
    assert display_name(f"{quoted(name)} <sip:100@kiestoon>") == name


def test_a_name_with_a_line_break_stays_on_its_line() -> None:
    assert quoted("Anna\r\nX-Kiestoon-Trunk: 1") == '"AnnaX-Kiestoon-Trunk: 1"'


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"], exclude_characters=";"), max_size=30))
def test_a_number_that_we_write_is_read_as_it_was(number: str) -> None:
    written = escaped(number)
    assert not set(written) & set('@<>";? \r\n')
    assert uri_user(f"<sip:{written}@kiestoon>") == number
