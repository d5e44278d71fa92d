// What is known of the exchange right now, and how an event changes it. Every event says how things are, so hearing
// one twice changes nothing. Each feature keeps its own part (features/*/live.ts).

import type { Event, Snapshot } from "../api/types";
import { features } from "../features";

/** Each feature adds its fields. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Live {}

const parts = features.flatMap((feature) => feature.live ?? []);

/** What is known before the first snapshot. */
export function nothing(): Live {
    return Object.assign({}, ...parts.map((part) => part.empty())) as Live;
}

/** Everything as a snapshot has it. */
export function fill(live: Live, snapshot: Snapshot): void {
    for (const part of parts) part.fill(live, snapshot);
}

/** Change `live` by one event; `mine` is our own extension. Events that are not about this state change nothing. */
export function apply(live: Live, event: Event, mine: string): void {
    for (const part of parts) {
        const change = part.apply[event.kind] as ((live: Live, event: Event, mine: string) => void) | undefined;
        change?.(live, event, mine);
    }
}
