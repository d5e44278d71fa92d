"""Static files: compressed, with a hash in their names, and of the web client no more builds than are asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

ASSETS = "client/assets/"
BUILDS = "builds.json"
#: What is made of a file beside it: a copy with a hash of its content in the name, and compressed ones.
MADE = re.compile(r"\.[0-9a-f]{12}(?=\.)|\.(?:gz|br)$")


class Storage(CompressedManifestStaticFilesStorage):
    """Keeps the web client's files of this build and the one before it: a tab that is open still asks for those."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        yield from super().post_process(paths, dry_run=dry_run, **options)
        built = sorted(Path(path).name for path in paths if path.startswith(ASSETS))
        if not dry_run and built:
            forget_builds(Path(self.location), built)


def forget_builds(root: Path, built: list[str]) -> None:
    """Remove from `root` what neither this build nor the one before it consists of."""
    note = root / "client" / BUILDS
    try:
        builds: list[list[str]] = json.loads(note.read_text())
    except (OSError, ValueError):
        # What is there now was collected before anybody took notes; the next build sorts it out.
        builds = [sorted({original(path.name) for path in (root / ASSETS).iterdir()} - {*built})]
    if built not in builds[:1]:
        builds = [built, *builds][:2]
        note.write_text(json.dumps(builds))
    kept = {name for build in builds for name in build}
    for path in (root / ASSETS).iterdir():
        if original(path.name) not in kept:
            path.unlink(missing_ok=True)


def original(name: str) -> str:
    """The name of the file that this one was made of."""
    return MADE.sub("", name)
