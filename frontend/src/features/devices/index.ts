// One's own telephones, and which of them can ring now.

import type { Feature } from "../feature";
import { live } from "./live";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

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
    locales: { nl, en },
};
