// Whether this browser can ring now, here and for the exchange.

import { computed, watch, type Ref } from "vue";

import { useLive } from "../../../stores/live";
import { api } from "../api";
import { readiness } from "../ready";
import { useAudio } from "../stores/audio";
import type { LineState } from "../webrtc/line";
import type { MayNotify } from "../webrtc/notify";

const LIGHT_AGAIN = 60_000; // ms

export function useReadiness(line: Ref<LineState>, notifications: Ref<MayNotify>, ownDevice: Ref<number | null>) {
    const live = useLive();
    const audio = useAudio();
    const ready = computed(() =>
        readiness({
            socket: live.connection === "live",
            line: line.value,
            microphone: audio.permission,
            audio: audio.unlocked,
            notifications: notifications.value,
            ringerOff: audio.ringerOff,
            extension: Boolean(live.mine),
        }),
    );

    /** The exchange knows which of our browsers can ring, so that it can say so elsewhere. */
    function tellLight(): void {
        if (ownDevice.value === null) return;
        const names = { socket: "socket", line: "registration", microphone: "microphone", audio: "sound" } as const;
        const lacking = ready.value.missing.flatMap((check) => (check === "notifications" ? [] : [names[check]]));
        void api.setLight(ownDevice.value, { can_ring: !lacking.length, lacking }).catch(() => undefined);
    }

    function start(): void {
        watch([ready, ownDevice], tellLight, { immediate: true });
        window.setInterval(tellLight, LIGHT_AGAIN);
    }

    return { ready, start };
}
