// Whether this browser can ring right now, and what is in the way if not.

export type Check = "socket" | "line" | "microphone" | "audio" | "notifications";
export type Light = "ready" | "limited" | "off";

export interface ReadyFacts {
    socket: boolean;
    line: "off" | "connecting" | "connected" | "registered" | "refused";
    microphone: "granted" | "prompt" | "denied" | "missing";
    audio: boolean;
    notifications: "granted" | "default" | "denied" | "missing";
    ringerOff: boolean;
    /** The person has an extension at all. */
    extension: boolean;
}

export interface Verdict {
    light: Light;
    /** What is not as it should be, the worst first. */
    missing: Check[];
}

export function readiness(facts: ReadyFacts): Verdict {
    const wrong: Record<Check, boolean> = {
        line: facts.line !== "registered",
        microphone: facts.microphone === "denied" || facts.microphone === "missing",
        audio: !facts.audio && !facts.ringerOff,
        socket: !facts.socket,
        notifications: facts.notifications !== "granted",
    };
    const missing = (Object.keys(wrong) as Check[]).filter((check) => wrong[check]);
    // Without an answer to "may I listen?" it rings all the same; the question comes with the first call.
    if (facts.microphone === "prompt") missing.splice(wrong.line ? 1 : 0, 0, "microphone");
    const silent = wrong.line || wrong.microphone;
    return { light: silent || !facts.extension ? "off" : missing.length ? "limited" : "ready", missing };
}
