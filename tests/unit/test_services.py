"""What plans name is there to be carried out."""

from __future__ import annotations

import ast

from pbxsite.instance import ROOT
from telephony.engine.services import duties
from tests.rig.packages import packages


def test_every_service_that_a_plan_names_has_a_flow_and_every_flow_is_named() -> None:
    calls = [
        node
        for folder in packages()
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Service"
    ]
    named = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert len(named) > 5
    assert named == duties().services.keys()
