import { createRouter, createWebHistory } from "vue-router";

import { features } from "./features";

export const router = createRouter({
    history: createWebHistory("/"),
    routes: [
        { path: "/", redirect: "/team" },
        ...features.flatMap((feature) => feature.routes ?? []),
        {
            path: "/settings",
            component: () => import("./components/Settings.vue"),
            children: [
                { path: "", redirect: "/settings/general" },
                ...features
                    .flatMap((feature) => feature.settings ?? [])
                    .map(({ name, component }) => ({ path: name, name, component })),
            ],
        },
        { path: "/:rest(.*)*", redirect: "/team" },
    ],
});
