// The telephone in this browser: active calls, dialling, sound. The other features may use it.

import type { Feature } from "../feature";
import { live } from "./live";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const phone: Feature = {
    name: "phone",
    settings: [{ name: "audio", label: "page.audio", component: () => import("./AudioVideo.vue") }],
    live,
    locales: { nl, en },
};
