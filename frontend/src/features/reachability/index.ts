// Where calls go: the rules for each status, exceptions, and one's own working hours.

import type { Feature } from "../feature";

export const reachability: Feature = {
    name: "reachability",
    routes: [{ path: "/forwarding", name: "forwarding", component: () => import("./Forwarding.vue") }],
    menu: { route: "forwarding", label: "page.forwarding", needsExtension: true },
};
