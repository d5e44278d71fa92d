// The way to the pages for password, second factor and sessions.

import type { Feature } from "../feature";

export const security: Feature = {
    name: "security",
    settings: [{ name: "security", label: "page.security", component: () => import("./Security.vue") }],
};
