// The last calls, for whoever wants to call one of them again.

import { defineStore } from "pinia";
import { ref } from "vue";

import type { LogEntry } from "../../../model";
import { useLive } from "../../../stores/live";
import { api } from "../api";

const KEPT = 50;

export const useRecent = defineStore("recent", () => {
    const live = useLive();
    const calls = ref<LogEntry[]>([]);
    let loaded = false;

    async function load(): Promise<void> {
        if (loaded || !live.mine) return;
        loaded = true;
        try {
            calls.value = (await api.recent()).calls;
        } catch {
            loaded = false;
        }
    }

    live.listen((event) => {
        if (event.kind === "reload" && loaded) {
            loaded = false;
            void load();
        }
        if (event.kind === "logged") {
            calls.value = [event.entry, ...calls.value.filter((call) => call.id !== event.entry.id)].slice(0, KEPT);
        } else if (event.kind === "hidden") {
            calls.value = calls.value.filter((call) => call.id !== event.id);
        }
    });

    return { calls, load };
});
