// What the pages show. The API's own types are generated (api/generated); this is what the client makes of them.

export const STATUSES = ["available", "away", "dnd", "lunch", "holiday"] as const;
export type Status = (typeof STATUSES)[number];

export interface Person {
    extension: string;
    name: string;
    department: string;
    /** Address of the picture, "" without one. */
    picture: string;
    status: Status;
    /** When the status ends by itself (ISO 8601). */
    until: string | null;
    message: string;
    /** Yellow: goes before the status. */
    on_call: boolean;
    favourite: boolean;
}

export type PartyState =
    | "calling"
    | "ringing"
    | "talking"
    | "muted"
    | "holding"
    | "held"
    | "parked"
    | "away"
    | "listening"
    | "whispering"
    | "service";

export interface Party {
    leg: string;
    /** The call that the leg belongs to; another one while it rings for this one or is away on it. */
    call: string;
    number: string;
    name: string;
    extension: string;
    device: number | null;
    state: PartyState;
    since: number;
    /** Only of our own legs. */
    sip_call_id: string;
}

export interface LiveCall {
    id: string;
    direction: string;
    state: string;
    caller: string;
    caller_name: string;
    dialled: string;
    recording_state: "off" | "on" | "paused";
    conference: boolean;
    home: string;
    purpose: string;
    consult: string;
    slot: string;
    started: number;
    answered: number | null;
    parties: Party[];
}

/** A number to call, with what is known of whose it is. */
export interface Hit {
    number: string;
    name: string;
    detail: string;
    person: Person | null;
    kind: "person" | "recent" | "typed";
}
