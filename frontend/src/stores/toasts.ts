// Short messages at the edge of the window.

import { defineStore } from "pinia";
import { ref } from "vue";

export interface Toast {
    id: number;
    kind: "error" | "info";
    text: string;
}

const SECONDS = { error: 9, info: 4 };

export const useToasts = defineStore("toasts", () => {
    const list = ref<Toast[]>([]);
    let last = 0;

    function show(kind: Toast["kind"], text: string): void {
        // The same complaint twice is one complaint.
        list.value = list.value.filter((toast) => toast.text !== text);
        const id = ++last;
        list.value.push({ id, kind, text });
        window.setTimeout(() => dismiss(id), SECONDS[kind] * 1000);
    }

    function dismiss(id: number): void {
        list.value = list.value.filter((toast) => toast.id !== id);
    }

    return {
        list,
        dismiss,
        error: (text: string) => show("error", text),
        info: (text: string) => show("info", text),
    };
});
