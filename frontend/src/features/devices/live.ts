import type { LivePart } from "../feature";

declare module "../../lib/live" {
    interface Live {
        /** Ids of our own devices that can ring now. */
        registered: Set<number>;
    }
}

export const live: LivePart = {
    empty: () => ({ registered: new Set() }),
    fill(live, snapshot) {
        live.registered = new Set(snapshot.devices.filter((one) => one.registered).map((one) => one.id));
    },
    apply: {
        registration(live, { extension, devices }, mine) {
            if (extension === mine) live.registered = new Set(devices);
        },
    },
};
