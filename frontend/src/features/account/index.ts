// One's own name, picture, mobile number, language and colours.

import type { Feature } from "../feature";

export const account: Feature = {
    name: "account",
    settings: [{ name: "general", label: "page.general", component: () => import("./General.vue") }],
};
