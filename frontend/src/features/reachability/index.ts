// Where calls go: the rules for each status, exceptions, and one's own working hours.

import type { Feature } from "../feature";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const reachability: Feature = {
    name: "reachability",
    routes: [{ path: "/forwarding", name: "forwarding", component: () => import("./Forwarding.vue") }],
    menu: { route: "forwarding", label: "page.forwarding", needsExtension: true },
    locales: { nl, en },
};
