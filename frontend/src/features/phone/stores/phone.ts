// The telephone in this browser, and the active calls wherever their sound is.

import { defineStore } from "pinia";
import { computed, ref, shallowRef, triggerRef, watch } from "vue";

import type { CallCommand } from "../../../api/types";
import { i18n } from "../../../i18n";
import { attempt as attemptIt } from "../../../lib/attempt";
import { nameOf } from "../../../lib/person";
import { useLive } from "../../../stores/live";
import { useToasts } from "../../../stores/toasts";
import { activeCalls, StableKeys, type ActiveCall } from "../activeCalls";
import { api } from "../api";
import { readiness } from "../ready";
import { keepDevice, ownDeviceOf } from "../webrtc/device";
import { Line, type LineState } from "../webrtc/line";
import { notifyCall, permissionToNotify, withdrawNotification } from "../webrtc/notify";
import { fetchesBack, Resumer } from "../webrtc/resume";
import type { Sound } from "../webrtc/sound";
import { RING, RING_BACK, Tone, WAITING } from "../webrtc/tones";
import { useAudio } from "./audio";

const PICK_UP = "*8"; // telephony/routing/codes.py has the same
const DECLINED = 603; // RFC 3261 §21.6.2
const LOOK_AGAIN = 2000; // ms
const LIGHT_AGAIN = 60_000; // ms
const HOLD_FIRST = 1000; // ms that a hold may take before who waits for an answer gets it anyway
const MOVE_SECONDS = 30; // that a call which we move here may take to arrive

export const usePhone = defineStore("phone", () => {
    const live = useLive();
    const audio = useAudio();
    const toasts = useToasts();
    const { t } = i18n.global;

    const line = ref<LineState>("off");
    const ownDevice = ref<number | null>(null);
    const sounds = shallowRef(new Map<string, Sound>());
    const notifications = ref(permissionToNotify());
    const ring = new Tone(RING);
    const knock = new Tone(WAITING);
    const ringBack = new Tone(RING_BACK);
    /** Ringing calls that were silenced here by a click. */
    const silenced = ref(new Set<string>());
    /** The sound of the call that was answered here last: its card takes the focus. */
    const inFocus = ref("");
    /** Calls that were moved to this browser, and when in ms. */
    const movedHere = new Map<string, number>();

    const browser = new Line({
        async credentials() {
            const own = await ownDeviceOf();
            resumer.recall(own !== null);
            const lent = await api.credentials(own);
            ownDevice.value = lent.device_id;
            await keepDevice(lent.device_id);
            return {
                ...lent,
                socketUrl: lent.socket_url,
                seconds: (Date.parse(lent.expires) - Date.now()) / 1000,
            };
        },
        microphone: () => audio.openMicrophone(),
        speaker: () => audio.deviceId("speaker"),
        moved(state) {
            line.value = state;
            if (state === "registered") resumer.look();
        },
        added: note,
        changed: note,
        unplugged: () => void attempt(() => browser.changeMicrophone("voiceless")),
        removed(sound, cause, code) {
            note();
            if (sound.outgoing && !fetchesBack(sound.number)) explain(cause, code);
        },
    });
    const resumer = new Resumer({
        calls: () => live.state.calls,
        sounds: () => [...browser.sounds.values()],
        dial: (number) => browser.call(number),
        ready: () => line.value === "registered" && live.connection === "live",
    });

    const keys = new StableKeys();
    const active = computed<ActiveCall[]>(() => {
        const facts = [...sounds.value.values()].map(({ id, state, number, name, muted, lost }) => {
            return { id, state, number, name, muted, lost };
        });
        const found = activeCalls(live.state.calls.values(), facts, live.mine);
        return found.filter((call) => !fetchesBack(call.number)).map((call) => keys.of(call));
    });
    const incoming = computed(() => active.value.filter((call) => call.phase === "incoming"));
    const current = computed(() => active.value.filter((call) => call.phase !== "incoming"));
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

    function note(): void {
        sounds.value = browser.sounds;
        triggerRef(sounds);
    }

    function sound(call: ActiveCall): Sound | undefined {
        return browser.sounds.get(call.sound);
    }

    function explain(cause: string, code: number): void {
        if (["Connection Error", "Request Timeout"].includes(cause)) return toasts.error(t("error.unreachable"));
        if (["WebRTC Error", "Internal Error"].includes(cause)) return toasts.error(t("phone.failed.other"));
        // Nothing failed, or the person hung up.
        if (code < 400 || code === 487) return;
        const known = [403, 404, 408, 480, 486, 503, 600, 603].includes(code);
        toasts.error(t(`phone.failed.${known ? code : "other"}`));
    }

    /** As everywhere; when there is no microphone, what to do about it. */
    function attempt<Result>(what: () => Promise<Result>): Promise<Result | undefined> {
        const microphone = () => t(`phone.microphone.${audio.permission}`);
        return attemptIt(what, (error) => (error instanceof DOMException ? microphone() : ""));
    }

    /** One call is heard at a time: the others go on hold. That this fails or lasts keeps nobody from going on. */
    async function holdOthers(but?: ActiveCall): Promise<void> {
        const beside = () =>
            heard(current.value).filter((call) => call.sound !== but?.sound && (!call.id || call.id !== but?.id));
        // What was answered a moment ago can be put on hold once the exchange has told of it.
        for (let wait = 0; wait < HOLD_FIRST && beside().some((call) => !call.id); wait += 50) {
            await new Promise((again) => window.setTimeout(again, 50));
        }
        const others = beside().filter((call) => call.id);
        const held = Promise.allSettled(others.map((call) => api.command(call.id, { verb: "hold" })));
        await Promise.race([held, new Promise((enough) => window.setTimeout(enough, HOLD_FIRST))]);
    }

    /** A call that was made or answered earlier is answered beside one that is talked: only the newest is heard. */
    function holdOlder(now: readonly ActiveCall[], before: readonly ActiveCall[]): void {
        const old = new Set(heard(before).map((call) => call.sound));
        const newest = heard(now).findLast((call) => !old.has(call.sound));
        if (newest) void holdOthers(newest);
    }

    /** Call a number: with this browser, with a device that rings first, or with one's own mobile. */
    async function dial(number: string, by: "browser" | "mobile" | number = "browser"): Promise<boolean> {
        const done = await attempt(async () => {
            if (by === "browser") {
                await holdOthers();
                await browser.call(number);
            } else {
                await api.dial(number, by);
                toasts.info(t(by === "mobile" ? "dial.mobile_rings" : "dial.device_rings"));
            }
            return true;
        });
        return done ?? false;
    }

    async function answer(call: ActiveCall): Promise<void> {
        const here = sound(call);
        if (!here) return;
        inFocus.value = call.sound;
        const done = await attempt(async () => {
            await holdOthers(call);
            await browser.answer(here);
            return true;
        });
        if (!done) inFocus.value = "";
    }

    async function refuse(call: ActiveCall): Promise<void> {
        const here = sound(call);
        const told = async () => (await api.command(call.id, { verb: "refuse" }), true);
        // What the exchange can't be told rings on elsewhere, but no longer here.
        const done = call.id && (here ? await told().catch(() => false) : await attempt(told));
        if (!done) here?.end(DECLINED);
    }

    /** Take the call that rings at a colleague's: in this browser if it can, else on whatever of ours rings. */
    async function pickUp(extension: string): Promise<void> {
        if (line.value === "registered") await dial(PICK_UP + extension);
        else await attempt(() => api.pickUp(extension));
    }

    /** Go on with a call on another device of ours; when that is this browser it needs no answering. */
    async function move(call: ActiveCall, target: { device: number } | { number: string }): Promise<boolean> {
        const here = "device" in target && target.device === ownDevice.value;
        if (here) movedHere.set(call.id, Date.now());
        const done = await command(call, { verb: "move", ...target });
        if (!done) movedHere.delete(call.id);
        return done;
    }

    function answerWhatWeMoved(): void {
        for (const call of incoming.value) {
            const asked = movedHere.get(call.home);
            if (asked === undefined || call.purpose !== "move" || !call.sound) continue;
            movedHere.delete(call.home);
            if (Date.now() - asked < MOVE_SECONDS * 1000) void answer(call);
        }
    }

    async function hangUp(call: ActiveCall): Promise<void> {
        const here = sound(call);
        // A leg that never got an answer, or one whose call the exchange has not told of, ends by SIP.
        if (here && (!call.id || here.state !== "talking" || line.value === "registered")) here.end();
        else await attempt(() => api.command(call.id, { verb: "hangup" }));
    }

    async function mute(call: ActiveCall, on: boolean): Promise<void> {
        const here = sound(call);
        if (here) here.mute(on);
        else await command(call, { verb: "mute", on });
    }

    async function command(call: ActiveCall, body: CallCommand): Promise<boolean> {
        return (await attempt(async () => (await api.command(call.id, body), true))) ?? false;
    }

    /** Hold, or take off hold and put the others there. */
    async function hold(call: ActiveCall, on: boolean): Promise<void> {
        if (!on) await holdOthers(call);
        await command(call, { verb: on ? "hold" : "unhold" });
    }

    function silence(call: ActiveCall): void {
        silenced.value = new Set([...silenced.value, call.key]);
    }

    /** Before signing out: who is talked to hears at once that we are gone. */
    function goodbye(): void {
        resumer.end();
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

    /** The exchange knows which of our browsers can ring, so that it can say so elsewhere. */
    function tellLight(): void {
        if (ownDevice.value === null) return;
        const names = { socket: "socket", line: "registration", microphone: "microphone", audio: "sound" } as const;
        const lacking = ready.value.missing.flatMap((check) => (check === "notifications" ? [] : [names[check]]));
        void api.setLight(ownDevice.value, { can_ring: !lacking.length, lacking }).catch(() => undefined);
    }

    function start(): void {
        watch([incoming, current, silenced, () => audio.ringerOff], ringAsNeeded);
        watch(current, holdOlder);
        watch(incoming, answerWhatWeMoved);
        watch(incoming, (calls, before) => {
            for (const call of calls) {
                // Its sound may come after the exchange has told of the call, and is what can be answered here.
                if (!call.sound || before.some((one) => one.sound === call.sound)) continue;
                notifyCall(call.sound, nameOf(call.name, call.number, t("person.anonymous")), t("phone.calls_you"));
            }
            for (const call of before) {
                if (call.sound && !calls.some((one) => one.sound === call.sound)) withdrawNotification(call.sound);
            }
        });
        watch([() => live.connection, line, active], () => {
            resumer.look();
            resumer.remember(active.value);
        });
        watch(
            () => live.connection,
            (now, before) => {
                if (now === "live" && before === "cut") browser.check();
            },
        );
        window.setInterval(() => resumer.look(), LOOK_AGAIN);
        watch(
            () => audio.deviceId("microphone"),
            () => void attempt(() => browser.changeMicrophone("everywhere")),
        );
        watch(
            () => audio.devices,
            () => void browser.changeMicrophone("voiceless").catch(() => undefined),
        );
        watch([() => audio.devices, () => audio.deviceId("speaker")], () => {
            browser.sounds.forEach((one) => one.useSpeaker());
        });
        watch(
            () => live.mine,
            (mine) => void (mine ? browser.start() : browser.stop()),
            { immediate: true },
        );
        watch([ready, ownDevice], tellLight, { immediate: true });
        window.setInterval(tellLight, LIGHT_AGAIN);
        window.addEventListener("pagehide", () => resumer.leave());
    }

    return {
        ...{ line, ownDevice, sounds, notifications, active, incoming, current, ready, silenced, inFocus },
        ...{
            sound,
            dial,
            answer,
            refuse,
            pickUp,
            move,
            hangUp,
            mute,
            hold,
            command,
            silence,
            goodbye,
            askNotifications,
            attempt,
            start,
        },
    };
});

/** Those whose sound is in this browser, the newest last. */
function heard(calls: readonly ActiveCall[]): ActiveCall[] {
    return calls.filter((call) => call.phase === "talking" && call.sound);
}

function set(tone: Tone, on: boolean, deviceId: string): void {
    if (on) tone.start(deviceId);
    else tone.stop();
}
