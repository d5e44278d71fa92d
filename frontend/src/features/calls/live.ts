import type { LogEntry } from "../../api/types";
import type { Live } from "../../lib/live";
import type { LivePart } from "../feature";

declare module "../../lib/live" {
    interface Live {
        /** Ids of the calls that were missed since the list of calls was last looked at. */
        missed: Set<string>;
        /** What was told of recordings: the call in which that one is, or "" when it can no longer be played. */
        recordings: Map<number, string>;
    }
}

export const live: LivePart = {
    empty: () => ({ missed: new Set(), recordings: new Map() }),
    fill(live, snapshot) {
        live.missed.clear();
        snapshot.missed.forEach((id) => live.missed.add(id));
        live.recordings.clear();
    },
    apply: {
        logged(live, { entry }) {
            if (entry.arrow === "missed") live.missed.add(entry.id);
        },
        seen(live) {
            live.missed.clear();
        },
        hidden(live, { id }) {
            live.missed.delete(id);
        },
        recording(live, { id, call, state }) {
            live.recordings.set(id, state === "lost" || state === "deleted" ? "" : call);
        },
    },
};

/** The recordings of a call that can be played: those of the list, and what was told since. */
export function playable(live: Live, entry: LogEntry): number[] {
    const told = [...live.recordings].filter(([, call]) => call === entry.id).map(([id]) => id);
    const listed = entry.recordings.filter((id) => live.recordings.get(id) !== "");
    return [...new Set([...listed, ...told])].sort((a, b) => a - b);
}
