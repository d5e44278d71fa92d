"""What routing names is there to be carried out."""

from __future__ import annotations

import ast

from pbxsite.instance import ROOT
from telephony.engine.services import SERVICES


def test_every_service_that_routing_names_has_a_flow_and_every_flow_is_named() -> None:
    calls = [
        node
        for path in (ROOT / "telephony" / "routing").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Service"
    ]
    named = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert len(named) > 5
    assert named == SERVICES.keys()
