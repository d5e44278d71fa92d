// One's own short numbers: *0 and a position from 1 to 99.

import type { Feature } from "../feature";
import { live } from "./live";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const speeddial: Feature = {
    name: "speeddial",
    settings: [
        {
            name: "speeddial",
            label: "page.speeddial",
            component: () => import("./SpeedDial.vue"),
            needsExtension: true,
        },
    ],
    live,
    locales: { nl, en },
};
