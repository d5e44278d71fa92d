import { describe, expect, it } from "vitest";

import { readQuality, SILENT, verdict } from "../src/features/phone/webrtc/quality";

function report(received: number, lost: number, jitter: number, trip: number) {
    return [
        { type: "codec", id: "c1", mimeType: "audio/opus" },
        {
            type: "inbound-rtp",
            kind: "audio",
            codecId: "c1",
            packetsReceived: received,
            packetsLost: lost,
            jitter,
            totalAudioEnergy: 0.5,
        },
        { type: "media-source", kind: "audio", totalAudioEnergy: 0.25 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: trip },
    ];
}

describe("the quality of a call", () => {
    it("is read from the browser's statistics, loss since the last look", () => {
        const first = readQuality(report(100, 0, 0.004, 0.021));
        expect(first).toMatchObject({ roundTrip: 21, jitter: 4, loss: 0, codec: "opus", heard: 0.5, said: 0.25 });
        const second = readQuality(report(190, 10, 0.004, 0.021), first);
        expect(second.loss).toBeCloseTo(0.1);
    });

    it("is unknown before anything came in", () => {
        expect(verdict(readQuality([]))).toBe("unknown");
        expect(verdict(SILENT)).toBe("unknown");
    });

    it("is said in one word", () => {
        expect(verdict(readQuality(report(100, 0, 0.004, 0.02)))).toBe("good");
        expect(verdict(readQuality(report(98, 2, 0.004, 0.02)))).toBe("fair");
        expect(verdict(readQuality(report(100, 0, 0.004, 0.3)))).toBe("fair");
        expect(verdict(readQuality(report(90, 10, 0.004, 0.02)))).toBe("poor");
        expect(verdict(readQuality(report(100, 0, 0.09, 0.02)))).toBe("poor");
    });
});
