"""A command that is refused says why in the reader's language, whatever a media node answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from api.sentences import AWAY, DUTCH, is_away, tell
from pbxsite.instance import ROOT

ENGINE = ROOT / "telephony" / "engine"
PLACES = (
    ROOT / "telephony" / "control.py",
    ENGINE / "exchange.py",
    *sorted((ENGINE / "flows").rglob("*.py")),
)
RAISED = {"ValueError", "CommandError", "ControlError"}


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def sentences(path: Path) -> Iterator[str]:
    """What this file says to who gave a command."""
    for node in ast.walk(ast.parse(path.read_text())):
        found: ast.expr | None = None
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED and node.args:
            found = node.args[0]
        elif path.name == "control.py" and isinstance(node, ast.Return):
            found = node.value
        branches = [found.body, found.orelse] if isinstance(found, ast.IfExp) else [found]
        for branch in branches:
            if branch is not None and (text := _text(branch)):
                yield text


def test_every_sentence_of_a_media_node_is_known_in_dutch() -> None:
    said = {sentence for path in PLACES for sentence in sentences(path) if not AWAY.search(sentence)}
    assert len(said) > 30
    for sentence in said:
        assert tell(sentence, "nl").casefold() != tell(sentence, "en").casefold(), sentence


def test_a_sentence_is_finished_and_keeps_its_numbers() -> None:
    assert tell("nobody has answered this call yet", "en") == "Nobody has answered this call yet."
    assert tell("101 is not in this call.", "nl") == "101 neemt geen deel aan dit gesprek."
    parked = "this call is parked in slot 701: dial 701 to take it"
    assert tell(parked, "nl") == "Dit gesprek staat geparkeerd op plaats 701: kies 701 om het op te halen."
    assert tell("something new", "nl") == "Something new."


def test_as_many_blanks_in_both_languages() -> None:
    for english, dutch in DUTCH.items():
        assert english.count("{}") == dutch.count("{}"), english


def test_who_is_away_is_not_told_with_an_address() -> None:
    assert is_away("Redis cannot be reached: Error 111 connecting to 127.0.0.1:6379")
    assert not is_away("nobody has answered this call yet")
