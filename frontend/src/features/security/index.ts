// The way to the pages for password, second factor and sessions.

import type { Feature } from "../feature";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const security: Feature = {
    name: "security",
    settings: [{ name: "security", label: "page.security", component: () => import("./Security.vue") }],
    locales: { nl, en },
};
