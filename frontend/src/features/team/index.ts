// The colleagues: who is there, in what status, and who is a favourite.

import { IconUsers } from "@tabler/icons-vue";

import type { Feature } from "../feature";
import { live } from "./live";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const team: Feature = {
    name: "team",
    routes: [{ path: "/team", name: "team", component: () => import("./Team.vue") }],
    menu: { route: "team", label: "page.team", icon: IconUsers },
    live,
    locales: { nl, en },
};
