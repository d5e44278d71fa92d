// Made by `manage.py api_types` from the API's own description: changes here are lost.

/** The user. */
export interface Account {
    id: number;
    name: string;
    email: string;
    language: "nl" | "en";
    theme: "light" | "dark" | "system";
    picture: string;
    is_staff: boolean;
}

/** Which device this tab had, if any: it keeps that one. */
export interface Browser {
    device_id?: number | null;
}

/** One of my devices. `can_ring` is what a browser said of itself a moment ago, None when it said nothing. */
export interface DeviceInfo {
    id: number;
    label: string;
    kind: "desk" | "soft" | "browser";
    registered: boolean;
    address: string;
    user_agent: string;
    since: string | null;
    here: boolean;
    can_ring: boolean | null;
}

/** Ring a device of mine first, then call `number` for it; without a device all of them ring. */
export interface Dial {
    number: string;
    device?: number | "mobile" | null;
}

/** What came of a command: the id of another call where there is one. */
export interface Done {
    call: string | null;
}

/** Take somebody out of the call: by number, or by leg when there are two of one number. */
export interface Drop {
    verb: "drop";
    number?: string | null;
    leg?: string | null;
}

/** A rule for certain callers or times that goes before all others. Weekdays are digits, 0 is Monday. */
export interface Exemption {
    enabled?: boolean;
    caller?: string;
    weekdays?: string;
    start?: string | null;
    end?: string | null;
    kind: "voicemail" | "extension" | "mobile" | "outside" | "system" | "busy";
    target?: string;
}

/** All exceptions, in their order. */
export interface Exemptions {
    exceptions: Exemption[];
}

/** What would happen, in order. */
export interface Forecast {
    at: string;
    zone: string;
    steps: Outcome[];
}

/** The rules to change. */
export interface ForwardingRules {
    rules: Rule[];
}

/** What to note of a message. */
export interface Heard {
    heard: true;
}

/** My own working hours; with `own` off those of the office hold, and these are kept for later. */
export interface Hours {
    own: boolean;
    spans: Span[];
}

/** Whether this tab can ring right now, and if not, why. */
export interface Light {
    can_ring: boolean;
    lacking?: ("socket" | "registration" | "microphone" | "sound")[];
}

/** Hear a call of others: unheard, heard by `target` alone, or by all. Needs the right. */
export interface ListenIn {
    verb: "listen" | "whisper" | "barge";
    target?: string | null;
}

/** A call that goes on. */
export interface LiveCall {
    id: string;
    direction: "internal" | "inbound" | "outbound";
    state: string;
    caller: string;
    caller_name: string;
    dialled: string;
    answered_by: string;
    started: number;
    answered: number | null;
    recording: "off" | "on" | "paused";
    holder: string;
    slot: string;
    conference: boolean;
    home: string;
    purpose: string;
    consult: string;
    parties: LiveParty[];
}

/** Somebody in a call, or rung for it. */
export interface LiveParty {
    leg: string;
    call: string;
    number: string;
    name: string;
    extension: string;
    state: string;
    since: number;
    device: number | null;
    sip_call_id: string;
}

/** A call that is over, as one person saw it. */
export interface LogEntry {
    id: string;
    arrow: "in" | "out" | "missed";
    number: string;
    name: string;
    extension: string;
    dialled: string;
    outcome: string;
    answered_by: string;
    started: string;
    seconds: number | null;
    recordings: number[];
}

/** What to look for. */
export interface LogFilter {
    arrow?: "in" | "out" | "missed" | null;
    search?: string;
    before?: string | null;
    limit?: number;
}

/** Newest first. `before` gets the next page; None when there is none. */
export interface LogPage {
    calls: LogEntry[];
    before: string | null;
}

/** My account; `extension` is None for a user without a telephone. */
export interface Me {
    user: Account;
    extension: string | null;
    mobile: string;
    rights: Rights;
    features: string[];
}

/** Which part of the list. */
export interface MessageFilter {
    before?: number | null;
    limit?: number;
}

/** Newest first. `before` gets the next page; None when there is none. */
export interface MessagePage {
    messages: VoicemailMessage[];
    before: number | null;
}

/** Go on with the call on another device of mine, or at that number. */
export interface Move {
    verb: "move";
    device?: number | null;
    number?: string | null;
}

/** What the network test compares with: which parts of the exchange are well, and where its socket for SIP is. */
export interface Network {
    sip: boolean;
    relay: boolean;
    media: boolean;
    live: boolean;
    socket_url: string;
    time: number;
}

/** What to change of it. */
export interface NewOptions {
    ring_seconds?: number | null;
    mobile?: string | null;
    ring_mobile?: boolean | null;
    accept_multiple?: boolean | null;
    accept_push?: boolean | null;
    closed_to_voicemail?: boolean | null;
}

/** What *0 and the position dials from now on. */
export interface NewSpeedDial {
    number: string;
    label?: string;
}

/** A status, for good or until; without `message` the message stays. */
export interface NewStanding {
    status: "available" | "away" | "dnd" | "lunch" | "holiday";
    until?: string | null;
    message?: string | null;
}

/** How I want to be rung; after `ring_seconds` the call counts as not answered. */
export interface Options {
    ring_seconds: number;
    mobile: string;
    ring_mobile: boolean;
    accept_multiple: boolean;
    accept_push: boolean;
    closed_to_voicemail: boolean;
}

/** A step, with those that follow from it one `depth` further. */
export interface Outcome {
    kind: string;
    depth: number;
    code: string;
    text: string;
    targets: string[];
    seconds: number;
}

/** Put the call in a parking slot; without one in the first that is free. */
export interface Park {
    verb: "park";
    slot?: string | null;
}

/** A colleague as everybody sees them. */
export interface Person {
    extension: string;
    name: string;
    department: string;
    picture: string;
    status: "available" | "away" | "dnd" | "lunch" | "holiday";
    until: string | null;
    message: string;
    line: "idle" | "ringing" | "busy";
}

/** Take a call that rings elsewhere: at that extension, or anywhere in my group. */
export interface PickUp {
    extension?: string | null;
}

/** What needs no more words. `voicemail` and `refuse` are for a call that rings at my extension. */
export interface Plain {
    verb: "hangup" | "hold" | "unhold" | "complete" | "cancel" | "voicemail" | "refuse";
}

/**
 * An imagined call: from a number, an extension or "anonymous", to me, at a moment.
 * Administrators who may see reachability may ask about every number; at this moment the limits of calls to outside
 * count as they are used. A moment is "18:05", "Fri 18:05" or "2026-03-06 18:05"; without one it
 * is now. `busy` are extensions that are on a call then.
 */
export interface Question {
    caller: string;
    called?: string | null;
    at?: string;
    busy?: string[];
}

/** Everything about where my calls go. Every status, source and case has a rule. */
export interface Reachability {
    options: Options;
    rules: Rule[];
    exceptions: Exemption[];
}

/** What the user may beyond their own calls. */
export interface Rights {
    recordings: "none" | "own" | "department" | "all";
    listen_in: boolean;
}

/** Where calls go in one status, of one kind of caller, in one case. */
export interface Rule {
    status: "available" | "away" | "dnd" | "lunch" | "holiday";
    source: "internal" | "external";
    case: "always" | "no_answer" | "unavailable";
    kind: "voicemail" | "extension" | "mobile" | "outside" | "system" | "busy";
    target?: string;
}

/** What a browser registers with; they end with the session, and half a day from now at the latest. */
export interface SipCredentials {
    device_id: number;
    username: string;
    password: string;
    uri: string;
    realm: string;
    socket_url: string;
    expires: string;
}

/** A parking slot in use. */
export interface Slot {
    slot: string;
    call: string;
    number: string;
    name: string;
}

/** Now. With every event after `event_id` it is a fresh snapshot at any later moment. */
export interface Snapshot {
    event_id: string;
    me: Me;
    favourites: string[];
    calls: LiveCall[];
    parking: Slot[];
    devices: DeviceInfo[];
    missed: string[];
    people: Person[];
    voicemail: VoicemailCount;
    speed_dials: SpeedDialEntry[];
}

/** A part of a working week: 0 is Monday; an end of 00:00 is midnight at the end of that day. */
export interface Span {
    weekday: number;
    start: string;
    end: string;
}

/** A number that I call by *0 and its position. */
export interface SpeedDialEntry {
    position: number;
    number: string;
    label: string;
}

/** My status as it holds now. */
export interface Standing {
    status: "available" | "away" | "dnd" | "lunch" | "holiday";
    until: string | null;
    message: string;
}

/** Why a call went where it went. */
export interface Story {
    id: string;
    steps: Told[];
}

/** On or off: mute me, record the call, leave a part out of the recording. */
export interface Switch {
    verb: "mute" | "record" | "pause";
    on: boolean;
}

/** Transfer at once, ask first, or add to the call. */
export interface ToNumber {
    verb: "transfer" | "consult" | "add";
    number: string;
}

/** A step of a call in words. */
export interface Told {
    at: number;
    text: string;
}

/** How many messages there are in one's mailbox. */
export interface VoicemailCount {
    new: number;
    old: number;
}

/** A message in my mailbox; its sound is at /voicemail/{id}/sound. */
export interface VoicemailMessage {
    id: number;
    number: string;
    name: string;
    created: string;
    seconds: number;
    heard: boolean;
    call: string;
}

/** The settings to change; what is left out stays. */
export interface Wishes {
    language?: "nl" | "en" | null;
    theme?: "light" | "dark" | "system" | null;
    mobile?: string | null;
}

/** Every operation: what its path, query and body hold, and what it answers. */
export interface Operations {
    "POST /calls": {
        path: undefined;
        query: undefined;
        body: Dial;
        answer: Done;
    };
    "GET /calls": {
        path: undefined;
        query: { arrow?: "in" | "out" | "missed" | null; search?: string; before?: string | null; limit?: number };
        body: undefined;
        answer: LogPage;
    };
    "GET /calls/live": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: LiveCall[];
    };
    "POST /calls/pickup": {
        path: undefined;
        query: undefined;
        body: PickUp;
        answer: Done;
    };
    "POST /calls/seen": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: undefined;
    };
    "DELETE /calls/{call_id}": {
        path: { call_id: string };
        query: undefined;
        body: undefined;
        answer: undefined;
    };
    "POST /calls/{call_id}/command": {
        path: { call_id: string };
        query: undefined;
        body: Plain | Switch | ListenIn | ToNumber | Drop | Park | Move;
        answer: Done;
    };
    "GET /calls/{call_id}/story": {
        path: { call_id: string };
        query: undefined;
        body: undefined;
        answer: Story;
    };
    "GET /devices": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: DeviceInfo[];
    };
    "PUT /devices/{device_id}/light": {
        path: { device_id: number };
        query: undefined;
        body: Light;
        answer: undefined;
    };
    "DELETE /devices/{device_id}/registration": {
        path: { device_id: number };
        query: undefined;
        body: undefined;
        answer: undefined;
    };
    "GET /forwarding": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Reachability;
    };
    "PUT /forwarding/exceptions": {
        path: undefined;
        query: undefined;
        body: Exemptions;
        answer: Reachability;
    };
    "PATCH /forwarding/options": {
        path: undefined;
        query: undefined;
        body: NewOptions;
        answer: Reachability;
    };
    "PUT /forwarding/rules": {
        path: undefined;
        query: undefined;
        body: ForwardingRules;
        answer: Reachability;
    };
    "GET /me": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Me;
    };
    "PATCH /me": {
        path: undefined;
        query: undefined;
        body: Wishes;
        answer: Me;
    };
    "POST /me/picture": {
        path: undefined;
        query: undefined;
        body: FormData;
        answer: Me;
    };
    "DELETE /me/picture": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Me;
    };
    "GET /network": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Network;
    };
    "GET /people": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Person[];
    };
    "PUT /people/{extension}/favourite": {
        path: { extension: string };
        query: undefined;
        body: undefined;
        answer: string[];
    };
    "DELETE /people/{extension}/favourite": {
        path: { extension: string };
        query: undefined;
        body: undefined;
        answer: string[];
    };
    "POST /phone/credentials": {
        path: undefined;
        query: undefined;
        body: Browser;
        answer: SipCredentials;
    };
    "GET /presence": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Standing;
    };
    "PUT /presence": {
        path: undefined;
        query: undefined;
        body: NewStanding;
        answer: Standing;
    };
    "GET /presence/hours": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Hours;
    };
    "PUT /presence/hours": {
        path: undefined;
        query: undefined;
        body: Hours;
        answer: Hours;
    };
    "POST /simulate": {
        path: undefined;
        query: undefined;
        body: Question;
        answer: Forecast;
    };
    "GET /snapshot": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: Snapshot;
    };
    "GET /speed-dials": {
        path: undefined;
        query: undefined;
        body: undefined;
        answer: SpeedDialEntry[];
    };
    "PUT /speed-dials/{position}": {
        path: { position: number };
        query: undefined;
        body: NewSpeedDial;
        answer: SpeedDialEntry;
    };
    "DELETE /speed-dials/{position}": {
        path: { position: number };
        query: undefined;
        body: undefined;
        answer: undefined;
    };
    "GET /voicemail": {
        path: undefined;
        query: { before?: number | null; limit?: number };
        body: undefined;
        answer: MessagePage;
    };
    "PATCH /voicemail/{message_id}": {
        path: { message_id: number };
        query: undefined;
        body: Heard;
        answer: VoicemailMessage;
    };
    "DELETE /voicemail/{message_id}": {
        path: { message_id: number };
        query: undefined;
        body: undefined;
        answer: undefined;
    };
}
