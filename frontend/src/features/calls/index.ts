// The list of calls that were: who called whom, why it rang there, and its recordings.

import { IconPhoneCall } from "@tabler/icons-vue";

import type { Feature } from "../feature";
import { live } from "./live";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const calls: Feature = {
    name: "calls",
    routes: [{ path: "/calls", name: "calls", component: () => import("./Calls.vue") }],
    menu: {
        route: "calls",
        label: "page.calls",
        icon: IconPhoneCall,
        badge: { count: (live) => live.missed.size, label: "calls.missed", inTitle: true },
        needsExtension: true,
    },
    live,
    locales: { nl, en },
};
