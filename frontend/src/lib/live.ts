// What is known of the exchange right now, and how an event changes it. Every event says how things are, so hearing
// one twice changes nothing.

import type { Event, LiveCall, LogEntry, Person, Slot, Snapshot } from "../api/types";

export interface Live {
    people: Map<string, Person>;
    favourites: string[];
    calls: Map<string, LiveCall>;
    /** Ids of the calls that were missed since the list of calls was last looked at. */
    missed: Set<string>;
    voicemail: { new: number; old: number };
    /** Ids of our own devices that can ring now. */
    registered: Set<number>;
    parking: Map<string, Slot>;
    /** What was told of recordings: the call in which that one is, or "" when it can no longer be played. */
    recordings: Map<number, string>;
}

export function nothing(): Live {
    return {
        people: new Map(),
        favourites: [],
        calls: new Map(),
        missed: new Set(),
        voicemail: { new: 0, old: 0 },
        registered: new Set(),
        parking: new Map(),
        recordings: new Map(),
    };
}

/** Everything as a snapshot has it. */
export function fill(live: Live, snapshot: Snapshot): void {
    refill(
        live.people,
        snapshot.people.map((person) => [person.extension, person]),
    );
    live.favourites = snapshot.favourites;
    refill(
        live.calls,
        snapshot.calls.map((call) => [call.id, call]),
    );
    live.missed.clear();
    snapshot.missed.forEach((id) => live.missed.add(id));
    live.voicemail = snapshot.voicemail;
    live.registered = new Set(snapshot.devices.filter((one) => one.registered).map((one) => one.id));
    refill(
        live.parking,
        snapshot.parking.map((slot) => [slot.slot, slot]),
    );
    live.recordings.clear();
}

function refill<Value>(map: Map<string, Value>, entries: [string, Value][]): void {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
}

/** Change `live` by one event; `mine` is our own extension. Events that are not about this state change nothing. */
export function apply(live: Live, event: Event, mine: string): void {
    switch (event.kind) {
        case "presence": {
            const person = live.people.get(event.extension);
            const { status, until, message } = event;
            if (person) live.people.set(event.extension, { ...person, status, until, message });
            break;
        }
        case "extension": {
            const person = live.people.get(event.extension);
            if (person) live.people.set(event.extension, { ...person, line: event.state });
            break;
        }
        case "person":
            if (event.person) live.people.set(event.extension, event.person);
            else live.people.delete(event.extension);
            break;
        case "favourites":
            live.favourites = [...event.favourites];
            break;
        case "call":
            if (event.call) live.calls.set(event.id, event.call);
            else live.calls.delete(event.id);
            break;
        case "logged":
            if (event.entry.arrow === "missed") live.missed.add(event.entry.id);
            break;
        case "seen":
            live.missed.clear();
            break;
        case "hidden":
            live.missed.delete(event.id);
            break;
        case "mailbox":
            if (event.extension === mine) live.voicemail = { new: event.new, old: event.old };
            break;
        case "registration":
            if (event.extension === mine) live.registered = new Set(event.devices);
            break;
        case "recording":
            live.recordings.set(event.id, event.state === "lost" || event.state === "deleted" ? "" : event.call);
            break;
        case "parking": {
            const { slot, call, number, name } = event;
            if (call) live.parking.set(slot, { slot, call, number, name });
            else live.parking.delete(slot);
            break;
        }
    }
}

/** The recordings of a call that can be played: those of the list, and what was told since. */
export function playable(live: Live, entry: LogEntry): number[] {
    const told = [...live.recordings].filter(([, call]) => call === entry.id).map(([id]) => id);
    const listed = entry.recordings.filter((id) => live.recordings.get(id) !== "");
    return [...new Set([...listed, ...told])].sort((a, b) => a - b);
}
