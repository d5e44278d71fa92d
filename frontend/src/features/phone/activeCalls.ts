// The active calls of a person: the exchange's calls in which they take part, and the sound that this browser
// has of them. A pure function, so that every tab shows the same list.

import type { LiveCall, Party } from "../../model";

/** What this browser knows of one of its own SIP sessions. */
export interface SoundFacts {
    /** SIP Call-ID. */
    id: string;
    state: "ringing" | "calling" | "talking" | "ended";
    number: string;
    name: string;
    muted: boolean;
    lost: boolean;
}

/** `held`: we put them on hold; `waiting`: they put us on hold; `away`: our browser went away under the call. */
export type Phase = "incoming" | "outgoing" | "talking" | "held" | "waiting" | "away";

export interface ActiveCall {
    key: string;
    /** The exchange's call; "" for the moment before it has told of one that began here. */
    id: string;
    phase: Phase;
    number: string;
    name: string;
    extension: string;
    /** The parties beside us, who are rung for the call too. */
    others: Party[];
    /** Unix seconds of the answer, for the clock. */
    since: number | null;
    muted: boolean;
    recording: "off" | "on" | "paused";
    conference: boolean;
    /** The call on which we ask somebody before handing this one over, or "". */
    consult: string;
    /** The call for whose sake this one is: its party is asked whether they take that one over. */
    home: string;
    purpose: string;
    /** SIP Call-ID of the sound in this browser, or "" when it is on another device. */
    sound: string;
    device: number | null;
    lost: boolean;
    /** What was dialled where that is not our own number: a ring group or department. */
    through: string;
}

const NO_LONGER_RINGING = new Set(["talking", "muted", "holding", "held", "listening", "whispering", "service"]);

export function activeCalls(calls: Iterable<LiveCall>, sounds: readonly SoundFacts[], mine: string): ActiveCall[] {
    const found: ActiveCall[] = [];
    const told = new Set<string>();
    const byId = new Map(sounds.map((sound) => [sound.id, sound]));
    for (const call of calls) {
        for (const id of soundIds(call)) told.add(id);
        const own = ownParty(call, byId, mine);
        // Away on another call, the leg and its sound are that one's.
        const sound = own?.call === call.id ? byId.get(own.sip_call_id) : undefined;
        if (own) found.push(entry(call, own, sound, mine));
    }
    for (const sound of sounds) {
        if (!told.has(sound.id) && sound.state !== "ended") found.push(onlyHere(sound));
    }
    return found.sort((a, b) => rank(a) - rank(b) || (a.since ?? Infinity) - (b.since ?? Infinity));
}

/** The SIP Call-IDs of our own legs that the exchange has told of. */
function soundIds(call: LiveCall): string[] {
    return call.parties.map((party) => party.sip_call_id).filter(Boolean);
}

function ownParty(call: LiveCall, sounds: Map<string, SoundFacts>, mine: string): Party | undefined {
    const own = call.parties.filter(
        (party) => party.extension === mine && (party.call === call.id || party.state === "away"),
    );
    const taken = own.filter((party) => NO_LONGER_RINGING.has(party.state));
    // Answered on one device: what still rings at the others is as good as over.
    const candidates = taken.length ? taken : own;
    return candidates.find((party) => sounds.has(party.sip_call_id)) ?? candidates[0];
}

function entry(call: LiveCall, own: Party, sound: SoundFacts | undefined, mine: string): ActiveCall {
    const others = call.parties.filter((party) => party.leg !== own.leg && party.extension !== mine);
    const began = call.caller === mine && !comesBack(own, sound, others);
    const other = others.find((party) => party.state !== "ringing") ?? others[0];
    const dialled = { number: call.dialled, name: "", extension: "" };
    const caller = { number: call.caller, name: call.caller_name, extension: "" };
    const party = other ?? (began ? dialled : caller);
    return {
        key: call.id,
        id: call.id,
        phase: phase(own, began, others),
        number: party.number,
        name: party.name,
        extension: party.extension,
        others,
        since: call.answered,
        muted: (sound?.muted ?? false) || own.state === "muted",
        recording: call.recording,
        conference: call.conference || others.filter((one) => one.state !== "ringing").length > 1,
        consult: call.consult,
        home: call.home,
        purpose: call.purpose,
        sound: sound?.id ?? "",
        device: own.device,
        lost: sound?.lost ?? false,
        through: !began && call.dialled !== mine ? call.dialled : "",
    };
}

/** A call that one began oneself and that rings all the same: it is moved here, or who had it did not take it. */
function comesBack(own: Party, sound: SoundFacts | undefined, others: readonly Party[]): boolean {
    // Of a call that we make with a device of ours, that one rings before anybody else is there.
    return (
        own.state === "ringing" && (sound?.state === "ringing" || others.some((party) => party.state !== "ringing"))
    );
}

function phase(own: Party, began: boolean, others: readonly Party[]): Phase {
    if (own.state === "ringing") return began ? "outgoing" : "incoming";
    if (own.state === "calling") return "outgoing";
    if (own.state === "holding" || own.state === "parked") return "held";
    if (own.state === "held") return "waiting";
    if (own.state === "away") return "away";
    if (others.length && others.every((party) => party.state === "ringing")) return "outgoing";
    return "talking";
}

function onlyHere(sound: SoundFacts): ActiveCall {
    const phases: Record<SoundFacts["state"], Phase> = {
        ringing: "incoming",
        calling: "outgoing",
        talking: "talking",
        ended: "talking",
    };
    return {
        key: sound.id,
        id: "",
        phase: phases[sound.state],
        number: sound.number,
        name: sound.name,
        extension: "",
        others: [],
        since: null,
        muted: sound.muted,
        recording: "off",
        conference: false,
        consult: "",
        home: "",
        purpose: "",
        sound: sound.id,
        device: null,
        lost: sound.lost,
        through: "",
    };
}

/**
 * Keys that stay: the card of a call that began here is the same one after the exchange has told of it, or whoever
 * works by keyboard would lose their place.
 */
export class StableKeys {
    private readonly begunHere = new Set<string>();
    private readonly keys = new Map<string, string>();

    of(call: ActiveCall): ActiveCall {
        if (!call.id) {
            this.begunHere.add(call.sound);
            return call;
        }
        let key = this.keys.get(call.id);
        // Told of before its sound came, it may have been two for a moment; the one that can be answered stays.
        if (!key || key === call.id) {
            // A consultation goes on with the sound of the call that it is for, and is another card all the same.
            const taken = new Set(this.keys.values()).has(call.sound);
            key = this.begunHere.has(call.sound) && !taken ? call.sound : call.id;
            this.keys.set(call.id, key);
        }
        return { ...call, key };
    }
}

function rank(call: ActiveCall): number {
    return call.phase === "incoming" ? 0 : 1;
}
