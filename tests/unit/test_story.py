"""Every step that the exchange stores with a call can be told in both languages."""

from __future__ import annotations

import ast
import string
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pbxsite.instance import ROOT
from telephony.calls.story import merge, sentences, tell, tell_step
from telephony.calls.story.words import FORMATS
from tests.rig import catalogues
from tests.rig.packages import packages

SENTENCES = sentences()

# English -> Dutch, as it stands in the catalogue
DUTCH = {
    entry["msgid"]: entry.get("msgstr", "")
    for entry in catalogues.entries(ROOT / catalogues.DUTCH)
    if "msgctxt" not in entry
}

# `call.step(result.code, …)` tells how ringing ended.
RESULT_ARGUMENTS = frozenset({"who", "seconds", "status"})


def source(*folders: str) -> list[Path]:
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py")]


def texts(node: ast.AST) -> list[str]:
    """The string constants that an expression can come to."""
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def literal_keys(node: ast.Dict) -> frozenset[str]:
    """The keys of a dict display that are written there."""
    return frozenset(text for key in node.keys if key for text in texts(key))


def keys(node: ast.AST, names: dict[str, frozenset[str]] | None = None) -> frozenset[str]:
    """The keys of a dict display, of one that it takes over (`**rule`), or of a name that stands for one."""
    if isinstance(node, ast.Name):
        return (names or {})[node.id]
    assert isinstance(node, ast.Dict)
    own = literal_keys(node)
    taken = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
    return own.union(*(keys(value, names) for value in taken))


def dicts(function: ast.AST) -> dict[str, frozenset[str]]:
    """Local name -> the keys of the dict that it stands for."""
    found: dict[str, frozenset[str]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                found[target.id] = keys(node.value, found)
    return found


def reasons() -> dict[str, set[frozenset[str]]]:
    """The codes of plans: of Reason(code, args), Refusal(code, prompt, status, args), Verdict(open, code, args)."""
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    planning = ("Reason(", "Refusal(", "Verdict(")
    files = [path for path in source(*packages()) if any(word in path.read_text() for word in planning)]
    places = {"Reason": (0, 1), "Refusal": (0, 3), "Verdict": (1, 2)}
    for path in files:
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            names = dicts(function)
            for node in ast.walk(function):
                if not (isinstance(node, ast.Call) and name_of(node) in places):
                    continue
                code, args = places[name_of(node)]
                if isinstance(node.args[code], ast.Constant):
                    given = keys(node.args[args], names) if len(node.args) > args else frozenset()
                    found[texts(node.args[code])[0]].add(given)
                elif isinstance(node.args[code], ast.Name):
                    # The code comes from a table in this function.
                    for text in {text for text in texts(function) if text in SENTENCES}:
                        found[text].add(keys(node.args[args], names) | {"extension"})
    return found


def stored() -> dict[str, set[frozenset[str]]]:
    """Code -> the sets of arguments that it is stored with, read from the source."""
    found = reasons()
    for path in source(*packages()):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict) and {"code", "args"} <= literal_keys(node):
                members = dict(zip([texts(key)[0] for key in node.keys if key], node.values, strict=False))
                for code in texts(members["code"]):
                    if isinstance(members["args"], ast.Dict):
                        found[code].add(keys(members["args"]))
            if not isinstance(node, ast.Call):
                continue
            if name_of(node) == "step" and node.args and isinstance(node.args[0], ast.Constant | ast.IfExp):
                for code in step_codes(node.args[0]):
                    found[code].add(frozenset(keyword.arg or "" for keyword in node.keywords))
            elif name_of(node) == "Result":
                for keyword in node.keywords:
                    if keyword.arg == "code":
                        found[texts(keyword.value)[0]].add(RESULT_ARGUMENTS)
            elif name_of(node) == "tell" and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
                # What administrators are told by mail is a sentence of a story, too.
                found[texts(node.args[0])[0]].add(keys(node.args[1]))
            elif name_of(node) == "add_step":
                for code in step_codes(node.args[1]):
                    found[code].add(frozenset(keyword.arg or "" for keyword in node.keywords))
    return found


def step_codes(node: ast.expr) -> list[str]:
    """`"held"`, or both ends of `"vanished" if … else "hung_up"`."""
    ends = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [text for end in ends for text in texts(end)]


STORED = stored()


def test_every_code_that_is_stored_has_a_sentence_and_every_sentence_is_used() -> None:
    assert set(STORED) - set(SENTENCES) == set()
    assert set(SENTENCES) - set(STORED) == set()


def blanks(sentence: str) -> set[str]:
    """What is filled in, by name."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


def formats(sentence: str) -> set[str]:
    """How it is filled in: "rule", "moment"…"""
    return {spec for _text, name, spec, _conversion in string.Formatter().parse(sentence) if name and spec}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_needs_nothing_that_its_step_does_not_carry(code: str) -> None:
    for sentence in (SENTENCES[code], DUTCH[SENTENCES[code]]):
        assert formats(sentence) <= set(FORMATS)
        for given in STORED[code]:
            assert blanks(sentence) <= given, f"{code!r} is stored with {sorted(given)}"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_say_the_same_things(code: str) -> None:
    english, dutch = SENTENCES[code], DUTCH[SENTENCES[code]]
    assert blanks(dutch) == blanks(english)
    assert dutch != english


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_step_is_told_in_the_words_of_the_catalogue(code: str) -> None:
    for language, sentence in (("en", SENTENCES[code]), ("nl", DUTCH[SENTENCES[code]])):
        parts = [text for text, *_blank in string.Formatter().parse(sentence)]
        told = tell_step({"code": code, "args": dict.fromkeys(blanks(sentence), "7")}, language)
        assert all(part[1:] in told for part in parts), told


def test_no_catalogue_has_a_code_twice() -> None:
    for path in source(*packages()):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Dict):
                continue
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in ("SENTENCES", "PROMPTS"):
                codes = [text for key in node.value.keys if key for text in texts(key)]
                assert sorted(codes) == sorted(set(codes)), path


def test_catalogues_that_share_a_code_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"more than one catalogue has: held$"):
        merge({"held": "a", "busy": "b"}, {"held": "c"})
    assert merge({"held": "a"}, {"busy": "b"}) == {"held": "a", "busy": "b"}


@pytest.mark.parametrize("seconds, dutch", [(0, "0 seconden"), (1, "1 seconde"), (2, "2 seconden")])
def test_one_second_is_told_as_one(seconds: int, dutch: str) -> None:
    step = {"code": "answered", "args": {"who": "101", "seconds": seconds}}
    assert tell_step(step, "nl") == f"101 nam op na {dutch}."


def test_a_moment_is_told_as_the_language_writes_it() -> None:
    for month, dutch, english in ((3, "mrt", "Mar"), (5, "mei", "May"), (11, "nov", "Nov")):
        step = {"code": "hours_override", "args": {"until": f"2026-{month:02}-25T14:00:00+01:00"}}
        assert tell_step(step, "nl") == f"Er is gesloten tot 25 {dutch} 14:00."
        assert tell_step(step, "en") == f"It is closed until 25 {english} 14:00."


def test_a_story_is_told_with_its_seconds_in_the_readers_language() -> None:
    steps = [
        {"at": 0.0, "code": "called", "args": {"caller": "100", "number": "101"}},
        {"at": 5.21, "code": "no_answer", "args": {"who": "101", "seconds": 5, "status": 480}},
        {"at": 5.3, "code": "to_voicemail", "args": {"extension": "101"}},
    ]
    assert tell(steps, "nl") == [
        "0.0 s  100 belde 101.",
        "5.2 s  101 nam niet op binnen 5 seconden; de regel voor 'niet opgenomen' volgt.",
        "5.3 s  De regel zegt: voicemail van 101.",
    ]
    assert tell(steps, "en-gb")[0] == "0.0 s  100 called 101."


def test_a_step_of_another_version_is_shown_as_it_is() -> None:
    assert tell_step({"code": "beamed_up"}, "nl") == "beamed_up"
    assert tell_step({"code": "called", "args": {}}, "nl") == "called"
    assert tell_step({"code": "called"}, "en") == "called"


def test_what_people_type_is_never_a_format_string() -> None:
    step = {"code": "called", "args": {"caller": "{number.__class__}", "number": "{0}"}}
    assert tell_step(step, "en") == "{number.__class__} called {0}."
