// How well a running call travels, out of the browser's own statistics (W3C webrtc-stats).

export interface Quality {
    /** Milliseconds; null while unknown. */
    roundTrip: number | null;
    jitter: number | null;
    /** Lost packets in the last interval, 0 … 1; null before the first. */
    loss: number | null;
    codec: string;
    packets: number;
    lost: number;
    /** Of what comes in and of what the microphone gives, since the beginning (totalAudioEnergy). */
    heard: number;
    said: number;
}

export const SILENT: Quality = {
    roundTrip: null,
    jitter: null,
    loss: null,
    codec: "",
    packets: 0,
    lost: 0,
    heard: 0,
    said: 0,
};

type Entry = Record<string, unknown> & { type: string; kind?: string };

/** Read one report; `before` is the previous reading, for the share of packets lost since. */
export function readQuality(report: Iterable<Entry>, before: Quality = SILENT): Quality {
    const found: Quality = { ...SILENT };
    const codecs = new Map<string, string>();
    let codecId = "";
    const number = (value: unknown) => (typeof value === "number" ? value : 0);
    for (const entry of report) {
        if (entry.type === "codec") codecs.set(String(entry.id), String(entry.mimeType).replace("audio/", ""));
        if (entry.type === "inbound-rtp" && entry.kind === "audio") {
            found.packets += number(entry.packetsReceived);
            found.lost += Math.max(0, number(entry.packetsLost));
            found.heard += number(entry.totalAudioEnergy);
            found.jitter = Math.round(number(entry.jitter) * 1000);
            codecId = String(entry.codecId ?? "");
        }
        if (entry.type === "media-source" && entry.kind === "audio") found.said += number(entry.totalAudioEnergy);
        if (entry.type === "candidate-pair" && entry.nominated && typeof entry.currentRoundTripTime === "number") {
            found.roundTrip = Math.round(entry.currentRoundTripTime * 1000);
        }
    }
    found.codec = codecs.get(codecId) ?? "";
    const [arrived, missing] = [found.packets - before.packets, found.lost - before.lost];
    if (arrived + missing > 0) found.loss = Math.max(0, missing) / (arrived + Math.max(0, missing));
    return found;
}

/** Good, fair or poor, as a person would say while listening. */
export function verdict(quality: Quality): "unknown" | "good" | "fair" | "poor" {
    if (quality.loss === null && quality.roundTrip === null) return "unknown";
    const [loss, trip, jitter] = [quality.loss ?? 0, quality.roundTrip ?? 0, quality.jitter ?? 0];
    if (loss > 0.05 || trip > 400 || jitter > 60) return "poor";
    if (loss > 0.01 || trip > 200 || jitter > 30) return "fair";
    return "good";
}
