"""Snapshot + events = fresh snapshot: the client's bookkeeping, and one helper that proves it."""

from __future__ import annotations

import copy
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import live
from api.live.audience import news
from pbxsite.instance import ROOT
from telephony.extensions.selectors import private_extensions
from tests.rig import samples
from tests.rig.api import Someone

BUNDLES = tempfile.TemporaryDirectory(prefix="kiestoon-replay-")


def apply(snapshot: dict[str, Any], event: dict[str, Any]) -> None:
    """Change a snapshot by one event, as every client does."""
    match event["kind"]:
        case "presence":
            for person in snapshot["people"]:
                if person["extension"] == event["extension"]:
                    person |= {name: event[name] for name in ("status", "until", "message")}
        case "extension":
            for person in snapshot["people"]:
                if person["extension"] == event["extension"]:
                    person["line"] = event["state"]
        case "person":
            others = [one for one in snapshot["people"] if one["extension"] != event["extension"]]
            new = [event["person"]] if event["person"] else []
            snapshot["people"] = sorted([*others, *new], key=lambda one: one["extension"])
        case "favourites":
            snapshot["favourites"] = event["favourites"]
        case "call":
            others = [one for one in snapshot["calls"] if one["id"] != event["id"]]
            new = [event["call"]] if event["call"] else []
            snapshot["calls"] = sorted([*others, *new], key=lambda one: one["started"])
        case "logged":
            entry = event["entry"]
            if entry["arrow"] == "missed" and entry["id"] not in snapshot["missed"]:
                snapshot["missed"].insert(0, entry["id"])
        case "seen":
            snapshot["missed"] = []
        case "hidden":
            snapshot["missed"] = [one for one in snapshot["missed"] if one != event["id"]]
        case "mailbox":
            snapshot["voicemail"] = {"new": event["new"], "old": event["old"]}
        case "registration":
            for device in snapshot["devices"]:
                device["registered"] = device["id"] in event["devices"]
        case "profile":
            snapshot["me"]["mobile"] = event["mobile"]
            snapshot["me"]["user"] |= {name: event[name] for name in ("name", "language", "theme", "picture")}
        case "parking":
            others = [one for one in snapshot["parking"] if one["slot"] != event["slot"]]
            slot = {name: event[name] for name in ("slot", "call", "number", "name")}
            snapshot["parking"] = sorted(
                [*others, slot] if event["call"] else others, key=lambda one: one["slot"]
            )
        case "recording":
            pass  # lists of recordings are no part of it
        case other if room := samples.events().get(other):
            room(snapshot, event)
        case other:
            raise AssertionError(f"nobody knows the event {other}")


def heard(someone: Someone, since: str) -> list[dict[str, Any]]:
    """The events after `since` that this person may know of."""
    keys = (("user", str(someone.user.pk)), ("extension", someone.extension.number))
    found = []
    entries: Any = live.client().xrange(live.EVENTS, f"({since}")
    for _id, fields in entries:
        told = news(fields["event"], fields.get("user", ""), private_extensions())
        text = next((told.some[key] for key in keys if key in told.some), told.everybody)
        if text:
            found.append(json.loads(text))
    return found


@functools.cache
def _client() -> list[str]:
    """The web client's own bookkeeping (frontend/src/lib/live.ts), as a command. Bundled once, in some 0.2 s."""
    frontend = ROOT / "frontend"
    script = Path(BUNDLES.name) / "replay.mjs"
    node = shutil.which("node", path=f"{os.environ['PATH']}:{Path(sys.executable).parent}") or "node"
    bundler = frontend / "node_modules" / "rolldown" / "bin" / "cli.mjs"
    subprocess.run(
        [node, bundler, "-c", frontend / "tests" / "replay.config.mjs", "--file", script],
        check=True,
        capture_output=True,
    )
    return [node, str(script)]


def in_the_client(
    mine: str, before: dict[str, Any], events: list[dict[str, Any]], fresh: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the shipped client knows after it heard the events twice, and what a fresh snapshot tells it."""
    question = json.dumps({"mine": mine, "before": before, "events": events, "fresh": fresh})
    done = subprocess.run(_client(), input=question, check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    return answer["replayed"], answer["fresh"]


def comparable(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Without what is no state: the id, and what is only known of a device while it is asked."""
    shown = copy.deepcopy(snapshot)
    del shown["event_id"]
    shown["devices"] = [(one["id"], one["registered"]) for one in shown["devices"]]
    return shown


def prove(someone: Someone, act: Callable[[], Any], *kinds: str) -> None:
    """What `act` changes is told by events of these kinds, and by nothing but them; telling it twice does no harm."""
    before = someone.get("/snapshot")
    act()
    events = heard(someone, before["event_id"])
    assert {event["kind"] for event in events} == set(kinds)
    fresh = someone.get("/snapshot")
    assert comparable(before) != comparable(fresh), "the act changes something that is seen"
    replayed, wanted = in_the_client(someone.extension.number, before, events, fresh)
    assert replayed == wanted, "the web client keeps other books"
    for _again in range(2):
        for event in events:
            apply(before, event)
    assert comparable(before) == comparable(fresh)
