// What the web client makes of events, for tests/api/replay.py: a snapshot and events come in, and what the client then
// knows goes out beside what a fresh snapshot would tell it.

import { readFileSync } from "node:fs";

import type { Event, Snapshot } from "../src/api/types";
import { apply, fill, nothing, type Live } from "../src/lib/live";

interface Question {
    mine: string;
    before: Snapshot;
    events: Event[];
    fresh: Snapshot;
}

const { mine, before, events, fresh } = JSON.parse(readFileSync(0, "utf8")) as Question;

function known(snapshot: Snapshot, ...told: Event[]): Record<string, unknown> {
    const live = nothing();
    fill(live, snapshot);
    for (const event of told) apply(live, event, mine);
    // Recordings are told of, and are no part of a snapshot.
    return plain({ ...live, recordings: new Map() });
}

function plain(live: Live): Record<string, unknown> {
    const sorted = (value: unknown) =>
        value instanceof Map
            ? Object.fromEntries([...value].sort())
            : value instanceof Set
              ? [...value].sort()
              : value;
    return Object.fromEntries(Object.entries(live).map(([name, value]) => [name, sorted(value)]));
}

// Hearing it all twice changes nothing.
const answer = { replayed: known(before, ...events, ...events), fresh: known(fresh) };
process.stdout.write(JSON.stringify(answer));
