// The telephone in this browser, and the active calls wherever their sound is.

import { defineStore } from "pinia";
import { computed, ref, shallowRef, triggerRef, watch } from "vue";

import { i18n } from "../../../i18n";
import { useLive } from "../../../stores/live";
import { useToasts } from "../../../stores/toasts";
import { activeCalls, StableKeys, type ActiveCall } from "../activeCalls";
import { api } from "../api";
import { useCommands } from "../composables/commands";
import { useHolding } from "../composables/holding";
import { useMoving } from "../composables/moving";
import { useReadiness } from "../composables/readiness";
import { useRinging } from "../composables/ringing";
import { keepDevice, ownDeviceOf } from "../webrtc/device";
import { Line, type LineState } from "../webrtc/line";
import { fetchesBack, Resumer } from "../webrtc/resume";
import type { Sound } from "../webrtc/sound";
import { useAudio } from "./audio";

const PICK_UP = "*8"; // telephony/routing/codes.py has the same
const DECLINED = 603; // RFC 3261 §21.6.2
const LOOK_AGAIN = 2000; // ms

export const usePhone = defineStore("phone", () => {
    const live = useLive();
    const audio = useAudio();
    const toasts = useToasts();
    const { t } = i18n.global;

    const line = ref<LineState>("off");
    const ownDevice = ref<number | null>(null);
    const sounds = shallowRef(new Map<string, Sound>());
    /** The sound of the call that was answered here last: its card takes the focus. */
    const inFocus = ref("");

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
    const { attempt, command } = useCommands();
    const ringing = useRinging(incoming, current, sounds);
    const holding = useHolding(current, command);
    const moving = useMoving(incoming, ownDevice, command, answer);
    const readiness = useReadiness(line, ringing.notifications, ownDevice);

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

    /** Call a number: with this browser, with a device that rings first, or with one's own mobile. */
    async function dial(number: string, by: "browser" | "mobile" | number = "browser"): Promise<boolean> {
        const done = await attempt(async () => {
            if (by === "browser") {
                await holding.holdOthers();
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
            await holding.holdOthers(call);
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

    /** Before signing out: who is talked to hears at once that we are gone. */
    function goodbye(): void {
        resumer.end();
    }

    function start(): void {
        ringing.start();
        holding.start();
        moving.start();
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
        readiness.start();
        window.addEventListener("pagehide", () => resumer.leave());
    }

    const { notifications, silenced, silence, askNotifications } = ringing;
    return {
        ...{ line, ownDevice, sounds, active, incoming, current, inFocus, notifications, silenced },
        ...{ ready: readiness.ready, hold: holding.hold, move: moving.move, silence, askNotifications },
        ...{ sound, dial, answer, refuse, pickUp, hangUp, mute, command, goodbye, attempt, start },
    };
});
