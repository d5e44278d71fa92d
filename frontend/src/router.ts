import { createRouter, createWebHistory } from "vue-router";

import Team from "./features/team/Team.vue";

export const router = createRouter({
    history: createWebHistory("/"),
    routes: [
        { path: "/", redirect: "/team" },
        { path: "/team", name: "team", component: Team },
        { path: "/calls", name: "calls", component: () => import("./features/calls/Calls.vue") },
        { path: "/voicemail", name: "voicemail", component: () => import("./features/voicemail/Voicemail.vue") },
        {
            path: "/forwarding",
            name: "forwarding",
            component: () => import("./features/reachability/Forwarding.vue"),
        },
        {
            path: "/settings",
            component: () => import("./components/Settings.vue"),
            children: [
                { path: "", redirect: "/settings/general" },
                { path: "general", name: "general", component: () => import("./features/account/General.vue") },
                { path: "audio", name: "audio", component: () => import("./features/phone/AudioVideo.vue") },
                { path: "security", name: "security", component: () => import("./features/security/Security.vue") },
                { path: "devices", name: "devices", component: () => import("./features/devices/Devices.vue") },
            ],
        },
        { path: "/:rest(.*)*", redirect: "/team" },
    ],
});
