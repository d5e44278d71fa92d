// The messages in one's mailbox.

import { IconRecordMail } from "@tabler/icons-vue";

import type { Feature } from "../feature";
import { live } from "./live";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const voicemail: Feature = {
    name: "voicemail",
    routes: [{ path: "/voicemail", name: "voicemail", component: () => import("./Voicemail.vue") }],
    menu: {
        route: "voicemail",
        label: "page.voicemail",
        icon: IconRecordMail,
        badge: { count: (live) => live.voicemail.new, label: "voicemail.count" },
        needsExtension: true,
    },
    live,
    locales: { nl, en },
};
