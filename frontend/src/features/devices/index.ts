// One's own telephones, and which of them can ring now.

import type { Feature } from "../feature";
import { live } from "./live";

export const devices: Feature = {
    name: "devices",
    settings: [
        {
            name: "devices",
            label: "page.devices",
            component: () => import("./Devices.vue"),
            needsExtension: true,
        },
    ],
    live,
};
