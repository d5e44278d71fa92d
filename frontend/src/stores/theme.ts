// Light, dark, or as the system has it. static/kiestoon/theme.js sets the same before the first paint.

import { defineStore } from "pinia";
import { ref, watch } from "vue";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "kiestoon.theme";

export const useTheme = defineStore("theme", () => {
    const stored = localStorage.getItem(KEY);
    const theme = ref<Theme>(THEMES.find((name) => name === stored) ?? "system");
    const system = window.matchMedia("(prefers-color-scheme: dark)");

    function apply(): void {
        const dark = theme.value === "dark" || (theme.value === "system" && system.matches);
        document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    }

    watch(theme, (value) => {
        localStorage.setItem(KEY, value);
        apply();
    });
    system.addEventListener("change", apply);
    apply();

    return { theme };
});
