"""Whatever is sent: a clear 4xx with the field's name, never a stack trace, never a row of somebody else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxsite.api import api
from telephony.calls import control
from tests.rig import samples
from tests.rig.api import Someone, live_call, make_call, make_message

pytestmark = pytest.mark.django_db

HTML = '<script>alert("x")</script><img src=x onerror=alert(1)>'
SQL = "'; DROP TABLE telephony_call; --"
BAD: tuple[Any, ...] = (
    *(None, True, 0, -1, 5, 1.5, 2**63, 2**70, 1e300, "", " ", "5", "yes", "0", "é" * 5000, HTML, SQL),
    *("\0", "\ud800", "a\nb", "../../etc/passwd", "%00", "٣", "2020-01-01", [], ["x"], {}, {"a": {"b": 1}}),
)

# A body that is right for each operation that takes one.
RIGHT: dict[tuple[str, str], Any] = {
    ("patch", "/me"): {"language": "nl", "theme": "dark", "mobile": "0612345678"},
    ("post", "/calls"): {"number": "101", "device": "mobile"},
    ("post", "/calls/pickup"): {"extension": "101"},
    ("post", "/calls/{call_id}/command"): {"verb": "transfer", "number": "101"},
    ("patch", "/voicemail/{message_id}"): {"heard": True},
    ("put", "/devices/{device_id}/light"): {"can_ring": False, "lacking": ["socket"]},
    ("post", "/phone/credentials"): {"device_id": None},
    ("put", "/presence"): {"status": "away", "until": None, "message": "Away"},
    ("put", "/presence/hours"): {
        "own": True,
        "spans": [{"weekday": 0, "start": "09:00", "end": "17:00"}],
    },
    ("patch", "/forwarding/options"): {"ring_seconds": 20, "ring_mobile": False, "mobile": "0612345678"},
    ("put", "/forwarding/rules"): {
        "rules": [
            {
                "status": "away",
                "source": "internal",
                "case": "always",
                "kind": "outside",
                "target": "0201234567",
            }
        ]
    },
    ("put", "/forwarding/exceptions"): {
        "exceptions": [
            {
                "enabled": True,
                "caller": "0201234567",
                "weekdays": "0",
                "start": "09:00",
                "end": "10:00",
                "kind": "busy",
                "target": "",
            }
        ]
    },
    ("post", "/simulate"): {"caller": "0201234567", "called": "100", "at": "now", "busy": ["101"]},
    **samples.bodies(),
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield method, path.removeprefix("/api/v1"), operation


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every field of a body is."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from places(inner, (*before, key))


def put(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    target = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    return changed


@pytest.fixture
def ready(anna: Someone, bert: Someone, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Things of Anna's that can be asked about; the media nodes do what they are told."""
    monkeypatch.setattr(control, "command", lambda *_args, **_more: "ok")
    monkeypatch.setattr(control, "originate", lambda *_args, **_more: "c9")
    live_call("c1", "100", "101")
    make_call("100", "101")
    lent = anna.ask("POST", "/phone/credentials", {}).json()
    message = make_message(anna.mailbox)
    samples.rows(anna.user)
    mine = {"call_id": "c1", "message_id": message.pk, "device_id": lent["device_id"], "extension": "101"}
    return mine | samples.parameters()


def check(answer: Any, what: object) -> None:
    """Not a trace of what is behind it."""
    assert answer.status_code < 500, (what, answer.content)
    if answer.status_code >= 400:
        detail = answer.json()["detail"]
        assert detail, what
        for complaint in detail:
            assert set(complaint) == {"field", "message"} and complaint["message"], what
            for word in ("Traceback", "pydantic", "django", "SELECT", "Error("):
                assert word not in complaint["message"], what


def test_every_operation_with_a_body_has_a_right_one_here(anna: Someone, ready: dict[str, Any]) -> None:
    bodies = {(method, path) for method, path, one in operations() if "requestBody" in one}
    assert bodies == set(RIGHT) | {("post", "/me/picture")}
    for (method, path), body in RIGHT.items():
        answer = anna.ask(method, path.format(**ready), body)
        assert answer.status_code < 300, (path, answer.content)


@pytest.mark.parametrize(("method", "path"), RIGHT)
def test_anything_in_any_field_is_taken_or_refused_by_name(
    anna: Someone, ready: dict[str, Any], method: str, path: str
) -> None:
    right = RIGHT[method, path]
    for place in places(right):
        kept = right
        for key in place:
            kept = kept[key]
        for bad in BAD:
            answer = anna.ask(method, path.format(**ready), put(right, place, bad))
            check(answer, (place, bad))
            if answer.status_code == 422:
                names = {complaint["field"] for complaint in answer.json()["detail"]}
                top = str(place[0])
                assert any(name.split(".")[0] == top or name in right for name in names), (place, bad, names)
            elif kept is not None and bad is not None:
                # Taken: then it is of the type that the field has.
                same = type(bad) is type(kept) or (place[-1] == "device" and type(bad) is int)
                assert same, (place, bad, answer.content)


@pytest.mark.parametrize(("method", "path"), RIGHT)
def test_fields_that_do_not_exist_and_bodies_that_are_none_are_refused(
    anna: Someone, ready: dict[str, Any], method: str, path: str
) -> None:
    url = path.format(**ready)
    answer = anna.ask(method, url, {**RIGHT[method, path], "is_staff": True})
    assert answer.status_code == 422
    complaint = {"field": "is_staff", "message": "There is no such field."}
    assert complaint in answer.json()["detail"]
    for body in ([], "x", 5, True, [RIGHT[method, path]]):
        answer = anna.ask(method, url, body)
        assert answer.status_code == 422, (body, answer.content)
        check(answer, body)
    for text in ("", "{", '{"a":', "\0", "[" * 5000, '{"number": NaN}'):
        answer = getattr(anna.browser, method)(
            f"/api/v1{url}", data=text.encode(), content_type="application/json"
        )
        assert 400 <= answer.status_code < 500, (text, answer.status_code)
        check(answer, text)


ADDRESSES = (
    "0",
    "-1",
    "999999",
    str(2**63),
    str(2**70),
    "x",
    "1.5",
    "%27%3B--",
    "%00",
    "%3Cscript%3E",
    "é",
    "a" * 3000,
)


def test_anything_in_an_address_is_no_such_thing(anna: Someone, ready: dict[str, Any]) -> None:
    for method, path, _operation in operations():
        for name in ready:
            if "{" + name + "}" not in path:
                continue
            for bad in ADDRESSES:
                answer = anna.ask(method, path.format(**{**ready, name: bad}), RIGHT.get((method, path)))
                assert answer.status_code in (404, 405, 422), (method, path, bad, answer.content)


def test_anything_in_a_question_is_answered_or_refused(anna: Someone, ready: dict[str, Any]) -> None:
    for method, path, operation in operations():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] != "query":
                continue
            for bad in ADDRESSES:
                answer = anna.ask(method, f"{path.format(**ready)}?{parameter['name']}={bad}")
                check(answer, (path, parameter["name"], bad))
                if answer.status_code == 422:
                    assert answer.json()["detail"][0]["field"] == parameter["name"]


def test_html_and_sql_are_kept_as_they_are_and_sent_as_json(anna: Someone, bert: Someone) -> None:
    for text in (HTML, SQL):
        assert anna.ask("PUT", "/presence", {"status": "away", "message": text}).status_code == 200
        answer = bert.ask("GET", "/people")
        assert answer.json()[0]["message"] == text
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert anna.get(f"/calls?search={SQL}")["calls"] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_arbitrary_bodies_never_break_anything(
    anna: Someone, ready: dict[str, Any], data: st.DataObject
) -> None:
    method, path = data.draw(st.sampled_from(sorted(RIGHT)))
    body = RIGHT[method, path]
    place = data.draw(st.sampled_from(sorted(places(body), key=str)))
    body = put(body, place, data.draw(JSON))
    json.dumps(body)
    check(anna.ask(method, path.format(**ready), body), body)
