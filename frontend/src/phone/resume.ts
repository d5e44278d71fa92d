// After a reload or a lost network the exchange keeps a call for half a minute; here it is fetched back.

import type { InHand } from "../lib/inhand";
import type { LiveCall } from "../model";
import type { Sound } from "./sound";

const KEY = "kiestoon.talking";
const KEPT = 40_000; // ms after which what was remembered is of no use any more

interface ResumerOwner {
    calls(): ReadonlyMap<string, LiveCall>;
    sounds(): Sound[];
    /** Both the line and the live state are up to date. */
    ready(): boolean;
    dial(number: string): Promise<void>;
}

export class Resumer {
    /** Ids of the calls whose sound this tab had, of before a reload too. */
    private had: Set<string>;
    private readonly asked = new Map<string, number>();

    constructor(private readonly owner: ResumerOwner) {
        this.had = remembered();
    }

    /** The line is registered anew: sounds whose way was cut are made again. */
    lineIsBack(): void {
        this.look();
    }

    /** Write down which calls are heard here, for the page that comes after a reload. */
    remember(calls: readonly InHand[]): void {
        for (const call of calls) {
            if (call.id && call.sound && call.phase !== "incoming" && call.phase !== "outgoing") this.had.add(call.id);
        }
        for (const id of this.had) if (this.owner.ready() && !this.owner.calls().has(id)) this.had.delete(id);
        sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), calls: [...this.had] }));
        this.look();
    }

    /** Fetch back what this tab had and has no more. */
    look(): void {
        if (!this.owner.ready()) return;
        const heard = new Set(this.owner.sounds().filter((sound) => !sound.lost).map((sound) => sound.id));
        for (const id of this.had) {
            const call = this.owner.calls().get(id);
            if (!call || Date.now() - (this.asked.get(id) ?? 0) < 5000) continue;
            const own = call.parties.filter((party) => party.device !== null);
            const here = own.some((party) => heard.has(party.sip_call_id));
            const lost = this.owner.sounds().find((sound) => sound.lost && own.some((one) => one.sip_call_id === sound.id));
            if (here || !(lost || own.some((party) => party.state === "away" && party.call === id))) continue;
            this.asked.set(id, Date.now());
            void this.owner.dial(`resume-${id}`).catch(() => this.asked.delete(id));
        }
    }

    /** The leg that fetches a call back is no call of its own. */
    hides(call: InHand): boolean {
        return call.number.startsWith("resume-");
    }
}

function remembered(): Set<string> {
    try {
        const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as { at: number; calls: string[] } | null;
        return new Set(kept && Date.now() - kept.at < KEPT ? kept.calls : []);
    } catch {
        return new Set();
    }
}
