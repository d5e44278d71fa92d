import { describe, expect, it } from "vitest";

import { withOneKeyFormat } from "../src/features/phone/webrtc/sdp";

const offer = (...lines: string[]) => ["v=0", ...lines, "a=sendrecv", ""].join("\r\n");

describe("the offer of the exchange", () => {
    it("has keys at the clock of its codec only", () => {
        const both = offer(
            "m=audio 9 UDP/TLS/RTP/SAVPF 96 9 120 121",
            "a=rtpmap:96 opus/48000/2",
            "a=rtpmap:9 G722/8000",
            "a=rtpmap:120 telephone-event/48000",
            "a=rtpmap:121 telephone-event/8000",
            "a=fmtp:121 0-15",
        );
        expect(withOneKeyFormat(both)).toBe(
            offer(
                "m=audio 9 UDP/TLS/RTP/SAVPF 96 9 120",
                "a=rtpmap:96 opus/48000/2",
                "a=rtpmap:9 G722/8000",
                "a=rtpmap:120 telephone-event/48000",
            ),
        );
    });

    it("stays as it is when there is no choice", () => {
        const one = offer("m=audio 9 RTP/SAVPF 8 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000");
        expect(withOneKeyFormat(one)).toBe(one);
        const odd = offer(
            "m=audio 9 RTP/SAVPF 96 101",
            "a=rtpmap:96 opus/48000/2",
            "a=rtpmap:101 telephone-event/8000",
        );
        expect(withOneKeyFormat(odd)).toBe(odd);
    });
});
