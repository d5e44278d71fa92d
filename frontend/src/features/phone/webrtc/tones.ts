// The sounds that this browser makes itself: ringing, and what a caller hears while it rings elsewhere.

import { context, unlockAudio } from "./context";

interface Cadence {
    /** Frequencies in Hz that sound together. */
    hz: readonly number[];
    /** Seconds of sound and silence, in turn. */
    beat: readonly number[];
    /** 0 … 1 */
    level: number;
}

// ITU-T E.180 for the Netherlands: 425 Hz, one second on and four off.
export const RING_BACK: Cadence = { hz: [425], beat: [1, 4], level: 0.06 };
export const RING: Cadence = { hz: [620, 780], beat: [0.4, 0.2, 0.4, 2], level: 0.25 };
// A soft double knock beside a running call.
export const WAITING: Cadence = { hz: [480], beat: [0.12, 0.12, 0.12, 4], level: 0.05 };

const AHEAD = 30; // seconds of a cadence that are planned at a time

/** A tone that repeats until `stop`. It goes to one output device, by its id ("" = the browser's own choice). */
export class Tone {
    private element: HTMLAudioElement | null = null;
    private oscillators: OscillatorNode[] = [];
    private timer = 0;

    constructor(private readonly cadence: Cadence) {}

    get playing(): boolean {
        return this.element !== null;
    }

    start(deviceId: string): void {
        if (this.playing) return;
        unlockAudio();
        const audio = context();
        const gain = audio.createGain();
        gain.gain.value = 0;
        const output = audio.createMediaStreamDestination();
        gain.connect(output);
        this.oscillators = this.cadence.hz.map((hz) => {
            const oscillator = audio.createOscillator();
            oscillator.frequency.value = hz;
            oscillator.connect(gain);
            oscillator.start();
            return oscillator;
        });
        this.plan(gain.gain, audio.currentTime);
        this.element = new Audio();
        this.element.srcObject = output.stream;
        void route(this.element, deviceId).then(() => this.element?.play().catch(() => undefined));
    }

    stop(): void {
        window.clearTimeout(this.timer);
        for (const oscillator of this.oscillators) oscillator.stop();
        this.oscillators = [];
        this.element?.pause();
        if (this.element) this.element.srcObject = null;
        this.element = null;
    }

    private plan(gain: AudioParam, from: number): void {
        let at = from;
        while (at < from + AHEAD) {
            this.cadence.beat.forEach((seconds, index) => {
                const level = index % 2 ? 0 : this.cadence.level;
                gain.setTargetAtTime(level, at, 0.008);
                at += seconds;
            });
        }
        this.timer = window.setTimeout(() => this.plan(gain, at), (at - from - 1) * 1000);
    }
}

/** Play an element on an output device; where the browser can't choose or the device is gone, on its own choice. */
export async function route(element: HTMLMediaElement, deviceId: string): Promise<void> {
    if (!("setSinkId" in element)) return;
    try {
        await element.setSinkId(deviceId);
    } catch {
        await element.setSinkId("").catch(() => undefined);
    }
}
