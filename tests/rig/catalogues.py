"""The catalogues of gettext: read as they are written, and compiled before the first test needs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from pbxsite.instance import ROOT

DUTCH = Path("locale/nl/LC_MESSAGES/django.po")
LINE = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) "(.*)"$')


def entries(path: Path) -> list[dict[str, str]]:
    """The entries of a catalogue, the header left out; texts of several lines are joined."""
    found: list[dict[str, str]] = []
    for block in path.read_text().split("\n\n"):
        entry: dict[str, str] = {"flags": ""}
        key = ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry["flags"] += line
            elif match := LINE.match(line):
                key = match[1]
                entry[key] = match[2]
            elif key and line.startswith('"'):
                entry[key] += line[1:-1]
        if entry.get("msgid"):
            found.append(entry)
    return found


def identity(entry: dict[str, str]) -> tuple[str, str]:
    """By what gettext finds an entry: its context, "" for none, and its text."""
    return entry.get("msgctxt", ""), entry["msgid"]


def compile_stale() -> None:
    """Compile each catalogue that was changed since it was compiled, as script/bootstrap does with all."""
    if shutil.which("msgfmt") is None:
        return
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Another test process may do the same at this moment.
        temporary = compiled.with_suffix(f".{os.getpid()}")
        command = ["msgfmt", "--check-format", f"--output-file={temporary}", str(source)]
        subprocess.run(command, check=True, timeout=60)
        temporary.replace(compiled)
