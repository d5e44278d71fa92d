import { createRouter, createWebHistory } from "vue-router";

import Team from "./pages/Team.vue";

export const router = createRouter({
    history: createWebHistory("/"),
    routes: [
        { path: "/", redirect: "/team" },
        { path: "/team", name: "team", component: Team },
        { path: "/calls", name: "calls", component: () => import("./pages/Calls.vue") },
        { path: "/voicemail", name: "voicemail", component: () => import("./pages/Voicemail.vue") },
        { path: "/forwarding", name: "forwarding", component: () => import("./pages/Forwarding.vue") },
        {
            path: "/settings",
            component: () => import("./pages/Settings.vue"),
            children: [
                { path: "", redirect: "/settings/general" },
                { path: "general", name: "general", component: () => import("./pages/settings/General.vue") },
                { path: "audio", name: "audio", component: () => import("./pages/settings/AudioVideo.vue") },
                { path: "security", name: "security", component: () => import("./pages/settings/Security.vue") },
                { path: "devices", name: "devices", component: () => import("./pages/settings/Devices.vue") },
            ],
        },
        { path: "/:rest(.*)*", redirect: "/team" },
    ],
});
