// One's own name, picture, mobile number, language and colours.

import type { Feature } from "../feature";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const account: Feature = {
    name: "account",
    settings: [{ name: "general", label: "page.general", component: () => import("./General.vue") }],
    locales: { nl, en },
};
