"""Every live event is built by one function, beside its type, in the `events.py` of the room that sends it."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.events import events
from live.events import AnyEvent, as_text, is_event, kind_of, read_event
from pbxsite.instance import ROOT
from telephony.calls.events import whole_call, whole_call_text
from tests.rig.packages import packages

SOURCES = sorted(
    path
    for package in packages()
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
TREES = {path.relative_to(ROOT): ast.parse(path.read_text()) for path in SOURCES}
ROOMS = {path: tree for path, tree in TREES.items() if path.name == "events.py"}
OTHERS = {path: tree for path, tree in TREES.items() if path.name != "events.py"}
BY_HAND = re.compile(r"""["']kind["']\s*:""")
#: What tells the processes, and what the web clients are told from.
CHANNELS = {"LIVE", "EVENTS"}


def fields(one: ast.ClassDef) -> set[str]:
    return {
        line.target.id
        for line in one.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def event_classes(tree: ast.Module) -> list[str]:
    return [one.name for one in tree.body if isinstance(one, ast.ClassDef) and "kind" in fields(one)]


def types() -> dict[str, type[AnyEvent]]:
    """Every type of event, by its name."""
    found: dict[str, type[AnyEvent]] = {}
    for path, tree in ROOMS.items():
        if names := event_classes(tree):
            module = importlib.import_module(".".join(path.with_suffix("").parts))
            found |= {name: getattr(module, name) for name in names if name != AnyEvent.__name__}
    return found


KINDS = {kind_of(one) for one in types().values()}


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dicts_of_a_kind(tree: ast.AST) -> Iterator[str]:
    """The kinds of the events that are written out as a dict."""
    for node in ast.walk(tree):
        pairs: list[tuple[Any, Any]] = []
        if isinstance(node, ast.Dict):
            pairs = [
                (key.value, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            ]
        elif isinstance(node, ast.Call):
            pairs = [(keyword.arg, keyword.value) for keyword in node.keywords]
        for key, value in pairs:
            if key == "kind" and isinstance(value, ast.Constant) and value.value in KINDS:
                yield str(value.value)


def texts(tree: ast.AST) -> Iterator[str]:
    """What stands in quotes, but for docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_there_are_rooms_that_tell_of_events() -> None:
    assert {kind_of(one) for one in events()} < KINDS
    assert {"presence", "call", "ban", "trunk", "session", "bye"} < KINDS
    assert "directory" not in KINDS, "nobody hears it"


@pytest.mark.parametrize("path", ROOMS, ids=str)
def test_every_type_of_event_has_one_function_that_builds_it(path: Path) -> None:
    built = Counter(
        name_of(node.returns)
        for node in ast.walk(ROOMS[path])
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    )
    wanted = [name for name in event_classes(ROOMS[path]) if name != AnyEvent.__name__]
    assert {name: built[name] for name in wanted} == dict.fromkeys(wanted, 1)


def test_nobody_else_writes_one_out() -> None:
    found = {str(path): [*dicts_of_a_kind(tree)] for path, tree in OTHERS.items()}
    assert {path: kinds for path, kinds in found.items() if kinds} == {}


def test_nobody_else_writes_its_json() -> None:
    assert [str(path) for path, tree in OTHERS.items() if any(map(BY_HAND.search, texts(tree)))] == []


def told(tree: ast.AST) -> Iterator[ast.expr]:
    """What is given to those that tell."""
    for call in calls(tree):
        if isinstance(call.func, ast.Attribute) and name_of(call.func.value) == "live":
            place = {"publish": 0, "broadcast": 1, "append": 1}.get(call.func.attr)
        else:
            place = {"_publish": 0, "as_text": 0, "event_text": 0}.get(name_of(call.func))
        if place is not None:
            yield call.args[place]


def test_mypy_sees_what_is_told() -> None:
    """An argument of theirs is typed: no dict on the spot, and nothing by which mypy is told to look away."""
    for path, tree in OTHERS.items():
        for one in told(tree):
            name = name_of(one.func) if isinstance(one, ast.Call) else ""
            assert not isinstance(one, ast.Dict) and name != "cast", f"{path}:{one.lineno}"
        if path != Path("telephony/calls/log_rows.py"):  # which has the fast way
            assert "EventText" not in {name_of(call.func) for call in calls(tree)}, path


def test_only_live_and_the_edge_agent_write_to_the_channels() -> None:
    found = {
        str(path)
        for path, tree in TREES.items()
        for call in calls(tree)
        if name_of(call.func) in ("publish", "xadd") and call.args and name_of(call.args[0]) in CHANNELS
    }
    assert found == {"live/__init__.py", "telephony/edge/agent.py"}


@pytest.mark.parametrize("name", types())
def test_an_event_is_known_by_its_kind(name: str) -> None:
    event = types()[name]
    text = json.dumps({"kind": kind_of(event)})
    assert is_event(read_event(text), event)
    assert not is_event(read_event('{"kind": "of tomorrow"}'), event)
    assert not is_event(read_event("{}"), event)


@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"'])
def test_json_that_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(TypeError):
        read_event(text)


def test_a_whole_call_is_the_same_event_when_it_was_json_before() -> None:
    call: Any = {"id": "c1", "caller": 'a "b" é', "parties": []}
    assert json.loads(whole_call_text(json.dumps(call))) == json.loads(as_text(whole_call(call)))
