"""A command that is not carried out says why, by a code that each process understands, in the reader's language."""

from __future__ import annotations

import ast
import json
import pickle
import string
from collections.abc import Iterator
from typing import Any, cast, get_args

import pytest
from django.utils import translation
from django.utils.translation import gettext

from pbxsite.instance import ROOT
from telephony.calls.error_sentences import SENTENCES, Code
from telephony.calls.errors import AWAY, SIP_STATUS, CommandError, tell
from tests.rig.packages import packages

CODES: tuple[Code, ...] = get_args(Code)


def blanks(sentence: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every error that the code makes, with the place where it does."""
    for app in packages():
        for path in sorted((ROOT / app).rglob("*.py")):
            text = path.read_text()
            if "telephony.calls.errors import CommandError" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CommandError":
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def in_dutch(code: Code) -> str:
    with translation.override("nl"):
        return gettext(SENTENCES[code])


def test_every_code_has_a_sentence_and_every_sentence_is_said() -> None:
    said = {}
    for place, node in raised():
        assert len(node.args) == 1 and isinstance(node.args[0], ast.Constant), f"no code: {place}"
        said[str(node.args[0].value)] = place
    assert set(said) == set(SENTENCES) == set(CODES)
    assert len(CODES) == len(set(CODES))


def test_a_flow_refuses_by_code_and_never_by_a_text() -> None:
    for path in sorted((ROOT / "telephony" / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError"), (
                f"{path}:{node.lineno}"
            )


def test_an_error_brings_what_its_sentence_fills_in() -> None:
    for place, node in raised():
        (code,) = node.args
        assert isinstance(code, ast.Constant)
        given = {str(keyword.arg) for keyword in node.keywords}
        assert given == blanks(SENTENCES[cast("Code", code.value)]), place


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_is_finished_in_both_languages(code: Code) -> None:
    english, dutch = SENTENCES[code], in_dutch(code)
    assert dutch != english
    assert blanks(dutch) == blanks(english)
    for sentence in (english, dutch):
        assert sentence.endswith(".") and sentence[:1] in "{" + string.ascii_uppercase, sentence


def test_no_two_codes_say_the_same() -> None:
    assert len(set(SENTENCES.values())) == len({in_dutch(code) for code in CODES}) == len(CODES)


def test_an_error_is_told_in_the_language_of_who_reads_it() -> None:
    error = CommandError("call_parked", slot="701")
    with translation.override("nl"):
        assert str(error) == "This call is parked in slot 701: dial 701 to take it."
        assert tell(error) == "Dit gesprek staat geparkeerd op plaats 701: kies 701 om het op te halen."
        assert tell(CommandError("not_in_call", number="101")) == "101 neemt geen deel aan dit gesprek."
    with translation.override("en"):
        assert tell(error) == str(error)


def test_what_somebody_is_called_is_no_format() -> None:
    assert str(CommandError("not_in_call", number="{slot} {0.x}")) == "{slot} {0.x} is not in this call."
    assert str(CommandError("not_in_call", number="anonymous")) == "Anonymous is not in this call."


def test_an_error_survives_the_way_to_another_process() -> None:
    error = CommandError("call_full", most=30)
    for arrived in (
        CommandError.from_data(json.loads(json.dumps(error.data()))),
        pickle.loads(pickle.dumps(error)),
    ):
        assert type(arrived) is CommandError
        assert (arrived.code, arrived.arguments, str(arrived)) == ("call_full", {"most": 30}, str(error))


@pytest.mark.parametrize(
    "data", [{"code": "of_tomorrow", "args": {"a": 1}}, {"code": "call_full", "args": {"other": 1}}]
)
def test_what_another_version_sends_can_be_told(data: dict[str, Any]) -> None:
    error = CommandError.from_data(data)
    assert not error.away and str(error) and tell(error)


def test_the_exchange_being_away_is_no_refusal() -> None:
    assert CommandError("redis_away", detail="Error 111").away
    assert CommandError("node_away", node="a").away
    assert not CommandError("not_answered").away
    assert set(CODES) > AWAY


def test_a_phone_hears_what_is_wrong_with_its_transfer() -> None:
    assert CommandError("no_such_call").sip_status == 481
    assert CommandError("not_own_call").sip_status == 403
    assert CommandError("parking_full").sip_status == 488
    assert set(SIP_STATUS) < set(CODES)
