import type { LiveCall, Slot } from "../../api/types";
import { refill } from "../../lib/maps";
import type { LivePart } from "../feature";

declare module "../../lib/live" {
    interface Live {
        calls: Map<string, LiveCall>;
        parking: Map<string, Slot>;
    }
}

export const live: LivePart = {
    empty: () => ({ calls: new Map(), parking: new Map() }),
    fill(live, snapshot) {
        refill(
            live.calls,
            snapshot.calls.map((call) => [call.id, call]),
        );
        refill(
            live.parking,
            snapshot.parking.map((slot) => [slot.slot, slot]),
        );
    },
    apply: {
        call(live, { id, call }) {
            if (call) live.calls.set(id, call);
            else live.calls.delete(id);
        },
        parking(live, { slot, call, number, name }) {
            if (call) live.parking.set(slot, { slot, call, number, name });
            else live.parking.delete(slot);
        },
    },
};
