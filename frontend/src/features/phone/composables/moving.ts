// A call goes on at another device of ours.

import { watch, type Ref } from "vue";

import type { ActiveCall } from "../activeCalls";
import type { Command } from "./commands";

const MOVE_SECONDS = 30; // that a call which we move here may take to arrive

export function useMoving(
    incoming: Ref<readonly ActiveCall[]>,
    ownDevice: Ref<number | null>,
    command: Command,
    answer: (call: ActiveCall) => Promise<void>,
) {
    /** Calls that were moved to this browser, and when in ms. */
    const movedHere = new Map<string, number>();

    /** Go on with a call on another device of ours; when that is this browser it needs no answering. */
    async function move(call: ActiveCall, target: { device: number } | { number: string }): Promise<boolean> {
        const here = "device" in target && target.device === ownDevice.value;
        if (here) movedHere.set(call.id, Date.now());
        const done = await command(call, { verb: "move", ...target });
        if (!done) movedHere.delete(call.id);
        return done;
    }

    function answerWhatWeMoved(): void {
        for (const call of incoming.value) {
            const asked = movedHere.get(call.home);
            if (asked === undefined || call.purpose !== "move" || !call.sound) continue;
            movedHere.delete(call.home);
            if (Date.now() - asked < MOVE_SECONDS * 1000) void answer(call);
        }
    }

    function start(): void {
        watch(incoming, answerWhatWeMoved);
    }

    return { move, start };
}
