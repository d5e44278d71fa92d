import type { SpeedDialEntry } from "../../api/types";
import type { LivePart } from "../feature";

declare module "../../lib/live" {
    interface Live {
        /** Our own, by position. */
        speedDials: SpeedDialEntry[];
    }
}

export const live: LivePart = {
    empty: () => ({ speedDials: [] }),
    fill(live, snapshot) {
        live.speedDials = snapshot.speed_dials;
    },
    apply: {
        speed_dials(live, event) {
            live.speedDials = event.speed_dials;
        },
    },
};
