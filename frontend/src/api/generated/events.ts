// Made by `manage.py api_types` from the API's own description: changes here are lost.

import type { LiveCall, LogEntry, Person, SpeedDialEntry } from "./api";

/** The session is over: sign in again. */
export interface ByeEvent {
    kind: "bye";
}

/** One of my calls as it is now; None when it is over for me. */
export interface CallEvent {
    kind: "call";
    id: string;
    call: LiveCall | null;
}

/** All of one's favourites, in the order in which they were made. */
export interface FavouritesEvent {
    kind: "favourites";
    favourites: string[];
}

/** I took a call off my list. */
export interface HiddenEvent {
    kind: "hidden";
    id: string;
}

/** Somebody's telephone began to ring, is busy or idle. */
export interface LineEvent {
    kind: "extension";
    extension: string;
    state: "idle" | "ringing" | "busy";
}

/** A call of mine is in the log. */
export interface LoggedEvent {
    kind: "logged";
    entry: LogEntry;
}

/** How many messages there are in my mailbox; it lights the lamp of a phone (MWI). */
export interface MailboxEvent {
    kind: "mailbox";
    extension: string;
    new: number;
    old: number;
}

/** A parking slot: its call, or all empty when it is free. */
export interface ParkingEvent {
    kind: "parking";
    slot: string;
    call: string;
    number: string;
    name: string;
}

/** Somebody is new, or their name, department or picture is; None when they are gone. */
export interface PersonEvent {
    kind: "person";
    extension: string;
    person: Person | null;
}

/** Somebody's status. */
export interface PresenceEvent {
    kind: "presence";
    extension: string;
    status: "available" | "away" | "dnd" | "lunch" | "holiday";
    until: string | null;
    message: string;
}

/** My own settings. */
export interface ProfileEvent {
    kind: "profile";
    name: string;
    language: "nl" | "en";
    theme: "light" | "dark" | "system";
    picture: string;
    mobile: string;
}

/** A recording that I may hear was made, compressed, lost or deleted. */
export interface RecordingEvent {
    kind: "recording";
    id: number;
    call: string;
    state: "raw" | "compressed" | "lost" | "deleted";
}

/** My devices that are registered. */
export interface RegistrationEvent {
    kind: "registration";
    extension: string;
    devices: number[];
}

/** Too much was missed: load a fresh snapshot. */
export interface ReloadEvent {
    kind: "reload";
}

/** I looked at my calls (here or elsewhere): none is missed any more. */
export interface SeenEvent {
    kind: "seen";
}

/** All of my speed dials, by position. */
export interface SpeedDialsEvent {
    kind: "speed_dials";
    speed_dials: SpeedDialEntry[];
}

export type Event =
    | PersonEvent
    | FavouritesEvent
    | ProfileEvent
    | RegistrationEvent
    | LineEvent
    | CallEvent
    | LoggedEvent
    | SeenEvent
    | HiddenEvent
    | ParkingEvent
    | RecordingEvent
    | PresenceEvent
    | MailboxEvent
    | SpeedDialsEvent
    | ReloadEvent
    | ByeEvent;

export interface SocketMessage {
    id: string;
    events: Event[];
}
