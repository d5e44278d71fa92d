// The exchange's offer of a call (SDP, RFC 8866).

/**
 * The offer with one way of sending keys: at the clock of its first codec (RFC 4733 §2.1), which is where the exchange
 * listens. Given the choice Chromium sends them at 8000 Hz beside a codec of 48000, and nobody hears them.
 */
export function withOneKeyFormat(sdp: string): string {
    const audio = /^m=audio \d+ \S+ (\d+)/m.exec(sdp);
    const clock = new RegExp(`^a=rtpmap:${audio?.[1]} [^/]+/(\\d+)`, "m").exec(sdp)?.[1];
    const formats = [...sdp.matchAll(/^a=rtpmap:(\d+) telephone-event\/(\d+)/gm)];
    if (!formats.some((format) => format[2] === clock)) return sdp;
    const others = new Set(formats.filter((format) => format[2] !== clock).map((format) => format[1]));
    return sdp
        .split("\r\n")
        .filter((line) => !others.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line)?.[1] ?? ""))
        .map((line) => (line.startsWith("m=audio ") ? withoutFormats(line, others) : line))
        .join("\r\n");
}

function withoutFormats(line: string, formats: ReadonlySet<string | undefined>): string {
    const words = line.split(" ");
    return words.filter((word, index) => index < 3 || !formats.has(word)).join(" ");
}
