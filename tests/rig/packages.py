"""Our own packages, found by themselves: a test that reads the source reads that of every room."""

from __future__ import annotations

from pbxsite.instance import ROOT

TESTS = "tests"


def packages() -> tuple[str, ...]:
    """Every package at the top, but that of the tests."""
    found = (path.parent.name for path in ROOT.glob("*/__init__.py"))
    return tuple(sorted(name for name in found if name != TESTS))


def rooms() -> tuple[str, ...]:
    """Those of them that are a feature: they hand themselves in by a `feature.py`."""
    return tuple(name for name in packages() if (ROOT / name / "feature.py").exists())
