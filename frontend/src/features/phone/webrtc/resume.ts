// After a reload or a lost network the exchange keeps a call for half a minute; here it is fetched back.

import type { LiveCall } from "../../../model";
import type { ActiveCall } from "../activeCalls";
import type { Sound } from "./sound";

const KEY = "kiestoon.talking";
const KEPT = 40_000; // ms after which what was remembered is of no use any more
const AGAIN = 4000; // ms between two attempts for one call
const GRACE = 5000; // ms after which a sound without a call is over: the goodbye got lost
const PREFIX = "resume-";

interface ResumerOwner {
    calls(): ReadonlyMap<string, LiveCall>;
    sounds(): Sound[];
    /** Both the line and the live state are up to date. */
    ready(): boolean;
    dial(number: string): Promise<void>;
}

export class Resumer {
    /** Ids of the calls that were heard here before the page was loaded again. */
    private before = new Set<string>();
    private recalled = false;
    private readonly until = Date.now() + KEPT;
    private readonly asked = new Map<string, number>();
    /** SIP Call-IDs of what was heard here and told of by the exchange. */
    private readonly had = new Set<string>();
    private readonly missing = new Map<string, number>();
    private leaving = false;

    constructor(private readonly owner: ResumerOwner) {}

    /** Whether this is the tab that wrote down what it had; a copy of one got its storage, but not its calls. */
    recall(same: boolean): void {
        if (this.recalled) return;
        this.recalled = true;
        if (same) this.before = remembered();
        this.look();
    }

    /** Write down which calls are heard here, for the page that comes after a reload. */
    remember(calls: readonly ActiveCall[]): void {
        if (this.leaving || !this.recalled) return;
        const heard = calls.filter((call) => call.id && call.sound && !["incoming", "outgoing"].includes(call.phase));
        const all = new Set([...this.before, ...heard.map((call) => call.id)]);
        sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), calls: [...all] }));
    }

    /** The page goes: what is remembered now is for the next one. */
    leave(): void {
        this.leaving = true;
        this.owner.sounds().forEach((sound) => sound.leave());
    }

    /** The person goes for good: their active calls end. */
    end(): void {
        this.leaving = true;
        sessionStorage.removeItem(KEY);
        this.owner.sounds().forEach((sound) => sound.end());
    }

    /** Fetch back what this tab had and has no more. */
    look(): void {
        if (!this.owner.ready()) return;
        const sounds = this.owner.sounds();
        const told = new Set<string>();
        for (const [id, call] of this.owner.calls()) {
            const own = new Set(call.parties.map((party) => party.sip_call_id).filter(Boolean));
            const here = sounds.filter((sound) => own.has(sound.id) || sound.number === PREFIX + id);
            here.forEach((sound) => told.add(sound.id));
            // The exchange heard nothing of us for so long that it waits for us to come back.
            const given =
                !call.consult && call.parties.some((one) => one.state === "away" && this.had.has(one.sip_call_id));
            const whole = here.filter((sound) => !sound.lost && !(given && own.has(sound.id)));
            if (whole.some((sound) => sound.state === "talking")) {
                this.before.delete(id);
                // What was cut is of no use beside what came in its place, and never before: it would end the call.
                here.filter((sound) => !whole.includes(sound)).forEach((sound) => sound.leave());
            } else if (whole.length) {
                continue;
            } else if (here.length || given || this.before.has(id)) {
                this.fetch(id);
            }
        }
        this.bury(sounds, told);
        for (const id of this.before) {
            if (!this.owner.calls().has(id) || Date.now() > this.until) this.before.delete(id);
        }
    }

    /** End what is left here of calls that the exchange no longer has: it was restarted, or we missed the goodbye. */
    private bury(sounds: readonly Sound[], told: ReadonlySet<string>): void {
        for (const sound of sounds) {
            if (told.has(sound.id)) {
                if (sound.state === "talking") this.had.add(sound.id);
                this.missing.delete(sound.id);
            } else if (this.had.has(sound.id)) {
                const since = this.missing.get(sound.id) ?? Date.now();
                this.missing.set(sound.id, since);
                if (Date.now() - since >= GRACE) sound.end();
            }
        }
    }

    private fetch(id: string): void {
        if (Date.now() - (this.asked.get(id) ?? 0) < AGAIN) return;
        this.asked.set(id, Date.now());
        void this.owner.dial(PREFIX + id).catch(() => undefined);
    }
}

/** The leg that fetches a call back is no call of its own. */
export function fetchesBack(number: string): boolean {
    return number.startsWith(PREFIX);
}

function remembered(): Set<string> {
    try {
        const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as { at: number; calls: string[] } | null;
        return new Set(kept && Date.now() - kept.at < KEPT ? kept.calls : []);
    } catch {
        return new Set();
    }
}
