"""Who imports whom, read from the source: what import-linter does not see, as it leaves out imports for types."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pbxsite.instance import ROOT
from tests.rig.packages import packages

KERNEL = {f"telephony.engine.{name}" for name in ("call", "leg", "events", "snapshot")}


def name_of(path: Path) -> str:
    """The module that a file is."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """Every module of ours, but migrations."""
    found = (path for package in packages() for path in (ROOT / package).rglob("*.py"))
    return {name_of(path): path for path in found if "migrations" not in path.parts}


def imported(node: ast.AST) -> Iterator[str]:
    """The modules of ours that one statement imports."""
    if isinstance(node, ast.ImportFrom) and node.module:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from {name if name in modules() else node.module for name in names} & modules().keys()
    elif isinstance(node, ast.Import):
        yield from {alias.name for alias in node.names} & modules().keys()


def reachable(start: str, edges: dict[str, set[str]]) -> set[str]:
    """What one comes to from a module."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        waiting += (new := edges[waiting.pop()] - found)
        found |= new
    return found


def test_no_function_imports_a_module_of_ours() -> None:
    inside = [
        (name_of(path), node.lineno)
        for path in modules().values()
        if path.name != "apps.py"
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and any(imported(node))
    ]
    assert not inside


def test_only_the_kernel_of_the_engine_goes_in_a_circle_and_only_by_types() -> None:
    edges = {
        name: {other for node in ast.walk(ast.parse(path.read_text())) for other in imported(node)}
        for name, path in modules().items()
    }
    assert {name for name in edges if name in reachable(name, edges)} == KERNEL


def test_the_contracts_know_every_package() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert sorted(contracts["root_packages"]) == list(packages())
