// How loud a microphone is, for the bar in the settings.

import { context, unlockAudio } from "./context";

const FLOOR = -60; // dBFS that counts as silence

export class Meter {
    private stream: MediaStream | null = null;
    private source: MediaStreamAudioSourceNode | null = null;
    private frame = 0;

    /** `told` hears the level, 0 … 1, at every frame. */
    constructor(private readonly told: (level: number) => void) {}

    start(stream: MediaStream): void {
        this.stop();
        unlockAudio();
        this.stream = stream;
        const analyser = context().createAnalyser();
        analyser.fftSize = 1024;
        this.source = context().createMediaStreamSource(stream);
        this.source.connect(analyser);
        const samples = new Float32Array(analyser.fftSize);
        const look = () => {
            analyser.getFloatTimeDomainData(samples);
            this.told(loudness(samples));
            this.frame = requestAnimationFrame(look);
        };
        look();
    }

    stop(): void {
        cancelAnimationFrame(this.frame);
        this.source?.disconnect();
        this.stream?.getTracks().forEach((track) => track.stop());
        this.source = null;
        this.stream = null;
        this.told(0);
    }
}

/** Root mean square as a share of the way from `FLOOR` to full scale. */
export function loudness(samples: Float32Array): number {
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const decibel = 10 * Math.log10(Math.max(sum / samples.length, 1e-12));
    return Math.max(0, Math.min(1, 1 - decibel / FLOOR));
}
