// Microphone, speakers and camera: which there are, which the person wants, whether the browser lets us.

import { defineStore } from "pinia";
import { computed, reactive, ref, watch } from "vue";

import { audioUnlocked, unlockAudio, watchAudio } from "../webrtc/context";

export type Slot = "microphone" | "speaker" | "ringer" | "camera";
export type Permission = "granted" | "prompt" | "denied" | "missing";

const KEY = "kiestoon.devices";
const RINGER = "kiestoon.ringer";
const KINDS: Record<Slot, MediaDeviceKind> = {
    microphone: "audioinput",
    speaker: "audiooutput",
    ringer: "audiooutput",
    camera: "videoinput",
};

export const useAudio = defineStore("audio", () => {
    const devices = ref<MediaDeviceInfo[]>([]);
    const chosen = reactive<Record<Slot, string>>({
        microphone: "",
        speaker: "",
        ringer: "",
        camera: "",
        ...remembered(),
    });
    /** What the browser said last. */
    const allowed = ref<Permission>(navigator.mediaDevices ? "prompt" : "missing");
    const unlocked = ref(false);
    const ringerOff = ref(localStorage.getItem(RINGER) === "off");
    // Without a secure address browsers hide the microphone altogether.
    const possible = computed(() => Boolean(navigator.mediaDevices));
    const looked = ref(false);
    /** To be allowed is of no use without a microphone; browsers list one, unnamed, also to who may not use it yet. */
    const permission = computed<Permission>(() => {
        const none = looked.value && !devices.value.some((device) => device.kind === KINDS.microphone);
        return none && allowed.value !== "denied" ? "missing" : allowed.value;
    });

    watch(chosen, () => localStorage.setItem(KEY, JSON.stringify(chosen)));
    watch(ringerOff, (off) => localStorage.setItem(RINGER, off ? "off" : "on"));
    // What is chosen in one tab counts in all.
    window.addEventListener("storage", ({ key }) => {
        if (key === RINGER) ringerOff.value = localStorage.getItem(RINGER) === "off";
        if (key === KEY) Object.assign(chosen, remembered());
    });

    function options(slot: Slot): MediaDeviceInfo[] {
        return devices.value.filter(
            (device) => device.kind === KINDS[slot] && device.deviceId && device.deviceId !== "default",
        );
    }

    /** The chosen device of this slot, or "" when it is not plugged in now. */
    function deviceId(slot: Slot): string {
        return options(slot).some((device) => device.deviceId === chosen[slot]) ? chosen[slot] : "";
    }

    /** Headsets are a microphone and a speaker of one group: choosing one sets both. */
    const headsets = computed(() =>
        options("microphone").filter((microphone) =>
            options("speaker").some((speaker) => speaker.groupId && speaker.groupId === microphone.groupId),
        ),
    );

    function chooseHeadset(microphoneId: string): void {
        const microphone = options("microphone").find((device) => device.deviceId === microphoneId);
        const speaker = options("speaker").find((device) => device.groupId === microphone?.groupId);
        if (!microphone || !speaker) return;
        chosen.microphone = microphone.deviceId;
        chosen.speaker = speaker.deviceId;
    }

    async function refresh(): Promise<void> {
        if (!possible.value) return;
        devices.value = await navigator.mediaDevices.enumerateDevices();
        looked.value = true;
    }

    /** The microphone's sound. Raises DOMException when the person or the machine says no. */
    async function openMicrophone(): Promise<MediaStream> {
        if (!possible.value) throw new DOMException("no microphone over plain HTTP", "SecurityError");
        const id = deviceId("microphone");
        const wishes: MediaTrackConstraints = {
            echoCancellation: true,
            noiseSuppression: true,
            autoGainControl: true,
        };
        try {
            const stream = await navigator.mediaDevices.getUserMedia({
                audio: id ? { ...wishes, deviceId: { exact: id } } : wishes,
            });
            allowed.value = "granted";
            // Names of devices are told only to who may listen.
            if (!devices.value.some((device) => device.label)) void refresh();
            return stream;
        } catch (error) {
            const name = error instanceof DOMException ? error.name : "";
            if (name === "NotAllowedError") allowed.value = "denied";
            if (name === "NotFoundError") void refresh();
            throw error;
        }
    }

    /** Ask for the microphone, only to be allowed to use it later. False when it was not given. */
    async function askPermission(): Promise<boolean> {
        unlockAudio();
        try {
            const stream = await openMicrophone();
            stream.getTracks().forEach((track) => track.stop());
            return true;
        } catch {
            return false;
        }
    }

    async function start(): Promise<void> {
        watchAudio((is) => (unlocked.value = is));
        unlocked.value = audioUnlocked();
        if (!possible.value) return;
        navigator.mediaDevices.addEventListener("devicechange", () => void refresh());
        await refresh();
        await watchPermission();
    }

    async function watchPermission(): Promise<void> {
        try {
            const status = await navigator.permissions.query({ name: "microphone" as PermissionName });
            const note = () => (allowed.value = status.state);
            status.addEventListener("change", note);
            note();
        } catch {
            // Firefox before 131 does not tell; the first call will show.
        }
    }

    return {
        ...{ devices, chosen, permission, unlocked, ringerOff, possible, headsets },
        ...{ options, deviceId, chooseHeadset, refresh, openMicrophone, askPermission, start },
    };
});

function remembered(): Partial<Record<Slot, string>> {
    try {
        return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Record<Slot, string>>;
    } catch {
        return {};
    }
}
