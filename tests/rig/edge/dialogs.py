"""What parties to a call do in tests."""

from __future__ import annotations

import re

from tests.rig.edge.agents import PATIENCE, SDP, MediaNode, Message, Phone, request_for

NODE_SDP = SDP.format(host="127.0.0.1", port=4000) + "a=ssrc:1234 cname:node\r\n"


def ringing(one: Phone) -> Message:
    """The INVITE that makes `one` ring, answered with 180."""
    invite = one.expect(request_for("INVITE"))
    one.send(invite.answer(180, "Ringing", ("Contact", one.contact)))
    return invite


def pick_up(one: Phone, invite: Message, body: str = NODE_SDP) -> Message:
    """Answer with 200 and SDP."""
    answer = invite.answer(
        200, "OK", ("Contact", one.contact), ("Content-Type", "application/sdp"), body=body
    )
    one.send(answer)
    return answer


def from_node(node: MediaNode, uri: str, *extra: tuple[str, str], body: str = NODE_SDP) -> Message:
    """An INVITE from the media node."""
    request = node.build("INVITE", uri, *extra, body=body, From="<sip:100@kiestoon>;tag=n")
    node.send(request)
    return request


def answer_to(one: Phone, request: Message, status: int, timeout: float = PATIENCE) -> Message:
    """An answer with exactly this status."""
    return one.expect(lambda m: m.status == status and m["Call-ID"] == request["Call-ID"], timeout)


def connection(message: Message) -> tuple[str, int]:
    """Address and port that the first audio stream of an SDP goes to."""
    port = re.search(r"^m=audio (\d+)", message.body, re.M)
    hosts = re.findall(r"^c=IN IP4 (\S+)", message.body, re.M)
    assert port and hosts, message.body
    return hosts[-1], int(port.group(1))
