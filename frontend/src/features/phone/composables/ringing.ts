// What is heard and seen of calls that ring: tones of this browser, and notifications on the desktop.

import { ref, watch, type Ref } from "vue";

import { i18n } from "../../../i18n";
import { nameOf } from "../../../lib/person";
import type { ActiveCall } from "../activeCalls";
import { useAudio } from "../stores/audio";
import { notifyCall, permissionToNotify, withdrawNotification } from "../webrtc/notify";
import type { Sound } from "../webrtc/sound";
import { RING, RING_BACK, Tone, WAITING } from "../webrtc/tones";

export function useRinging(
    incoming: Ref<readonly ActiveCall[]>,
    current: Ref<readonly ActiveCall[]>,
    sounds: Ref<ReadonlyMap<string, Sound>>,
) {
    const audio = useAudio();
    const { t } = i18n.global;
    const notifications = ref(permissionToNotify());
    const ring = new Tone(RING);
    const knock = new Tone(WAITING);
    const ringBack = new Tone(RING_BACK);
    /** Ringing calls that were silenced here by a click. */
    const silenced = ref(new Set<string>());

    function silence(call: ActiveCall): void {
        silenced.value = new Set([...silenced.value, call.key]);
    }

    async function askNotifications(): Promise<void> {
        if (!("Notification" in window)) return;
        await Notification.requestPermission();
        notifications.value = permissionToNotify();
    }

    function ringAsNeeded(): void {
        const here = incoming.value.filter((call) => call.sound && !silenced.value.has(call.key));
        const busy = current.value.some((call) => call.phase === "talking" && call.sound);
        const loud = here.length > 0 && !audio.ringerOff;
        set(ring, loud && !busy, audio.deviceId("ringer"));
        set(knock, loud && busy, audio.deviceId("speaker"));
        const waiting = [...sounds.value.values()].some(
            (one) => one.state === "calling" && one.progress === "ringing",
        );
        set(ringBack, waiting, audio.deviceId("speaker"));
    }

    function notify(calls: readonly ActiveCall[], before: readonly ActiveCall[]): void {
        for (const call of calls) {
            // Its sound may come after the exchange has told of the call, and is what can be answered here.
            if (!call.sound || before.some((one) => one.sound === call.sound)) continue;
            notifyCall(call.sound, nameOf(call.name, call.number, t("person.anonymous")), t("phone.calls_you"));
        }
        for (const call of before) {
            if (call.sound && !calls.some((one) => one.sound === call.sound)) withdrawNotification(call.sound);
        }
    }

    function start(): void {
        watch([incoming, current, silenced, () => audio.ringerOff], ringAsNeeded);
        watch(incoming, notify);
    }

    return { notifications, silenced, silence, askNotifications, start };
}

function set(tone: Tone, on: boolean, deviceId: string): void {
    if (on) tone.start(deviceId);
    else tone.stop();
}
