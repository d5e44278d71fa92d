// One call is heard at a time: the others are on hold.

import { watch, type Ref } from "vue";

import type { ActiveCall } from "../activeCalls";
import { api } from "../api";
import type { Command } from "./commands";

const HOLD_FIRST = 1000; // ms that a hold may take before who waits for an answer gets it anyway

export function useHolding(current: Ref<readonly ActiveCall[]>, command: Command) {
    /** Put the others on hold. That this fails or lasts keeps nobody from going on. */
    async function holdOthers(but?: ActiveCall): Promise<void> {
        const beside = () =>
            heard(current.value).filter((call) => call.sound !== but?.sound && (!call.id || call.id !== but?.id));
        // What was answered a moment ago can be put on hold once the exchange has told of it.
        for (let wait = 0; wait < HOLD_FIRST && beside().some((call) => !call.id); wait += 50) {
            await new Promise((again) => window.setTimeout(again, 50));
        }
        const others = beside().filter((call) => call.id);
        const held = Promise.allSettled(others.map((call) => api.command(call.id, { verb: "hold" })));
        await Promise.race([held, new Promise((enough) => window.setTimeout(enough, HOLD_FIRST))]);
    }

    /** A call that was made or answered earlier is answered beside one that is talked: only the newest is heard. */
    function holdOlder(now: readonly ActiveCall[], before: readonly ActiveCall[]): void {
        const old = new Set(heard(before).map((call) => call.sound));
        const newest = heard(now).findLast((call) => !old.has(call.sound));
        if (newest) void holdOthers(newest);
    }

    /** Hold, or take off hold and put the others there. */
    async function hold(call: ActiveCall, on: boolean): Promise<void> {
        if (!on) await holdOthers(call);
        await command(call, { verb: on ? "hold" : "unhold" });
    }

    function start(): void {
        watch(current, holdOlder);
    }

    return { hold, holdOthers, start };
}

/** Those whose sound is in this browser, the newest last. */
function heard(calls: readonly ActiveCall[]): ActiveCall[] {
    return calls.filter((call) => call.phase === "talking" && call.sound);
}
