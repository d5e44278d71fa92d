// What the pages show. What comes from the exchange is generated from its own types (api/generated).

import type { LiveCall, LiveParty, LogEntry, Person as Colleague } from "./api/types";

export type { LiveCall, LogEntry };
export type Party = LiveParty;

export const STATUSES = ["available", "away", "dnd", "lunch", "holiday"] as const;
export type Status = (typeof STATUSES)[number];

/** A colleague, and whether they are among our own favourites. */
export interface Person extends Colleague {
    favourite: boolean;
    /** Name, extension and department without capitals and accents. */
    sought: string;
}

/** A number to call, with what is known of whose it is. */
export interface Hit {
    number: string;
    name: string;
    detail: string;
    person: Person | null;
    kind: "person" | "recent" | "typed";
}
