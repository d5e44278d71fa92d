import { beforeEach, describe, expect, it, vi } from "vitest";

import type { LiveCall } from "../src/model";
import { Resumer } from "../src/features/phone/webrtc/resume";
import type { Sound } from "../src/features/phone/webrtc/sound";

const stored = new Map<string, string>();
vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
});

function call(id: string, sip: string): [string, LiveCall] {
    return [
        id,
        {
            id,
            parties: [
                { sip_call_id: "", state: "talking" },
                { sip_call_id: sip, state: "away" },
            ],
        } as LiveCall,
    ];
}

function sound(id: string, facts: Partial<Sound> = {}): Sound {
    return { id, number: "101", lost: false, state: "talking", leave: vi.fn(), ...facts } as unknown as Sound;
}

function page(calls: [string, LiveCall][], sounds: Sound[], ready = true, same = true) {
    const dialled: string[] = [];
    const owner = {
        calls: () => new Map(calls),
        sounds: () => sounds,
        ready: () => ready,
        dial: (number: string) => Promise.resolve(void dialled.push(number)),
    };
    const resumer = new Resumer(owner);
    resumer.recall(same);
    return { resumer, dialled };
}

const keep = (...calls: string[]) => stored.set("kiestoon.talking", JSON.stringify({ at: Date.now(), calls }));

describe("a call that this tab had", () => {
    beforeEach(() => stored.clear());

    it("is fetched back after a reload, once", () => {
        keep("c1");
        const { resumer, dialled } = page([call("c1", "s1"), call("c2", "s2")], []);
        resumer.look();
        resumer.look();
        expect(dialled).toEqual(["resume-c1"]);
    });

    it("stays where it is when the tab is a copy of the one that has it", () => {
        keep("c1");
        const { resumer, dialled } = page([call("c1", "s1")], [], true, false);
        resumer.look();
        expect(dialled).toEqual([]);
    });

    it("is left alone until line and live state are there", () => {
        keep("c1");
        const { resumer, dialled } = page([call("c1", "s1")], [], false);
        resumer.look();
        expect(dialled).toEqual([]);
    });

    it("is fetched back when its way was cut, and the old sound ends when the new one is there", () => {
        const lost = sound("s1", { lost: true });
        const sounds = [lost];
        const { resumer, dialled } = page([call("c1", "s1")], sounds);
        resumer.look();
        expect(dialled).toEqual(["resume-c1"]);
        const fresh = sound("s9", { number: "resume-c1", state: "calling" });
        sounds.push(fresh);
        resumer.look();
        // Ended before the new one is there, it would end the call.
        expect(lost.leave).not.toHaveBeenCalled();
        fresh.state = "talking";
        resumer.look();
        expect(lost.leave).toHaveBeenCalledOnce();
        expect(dialled).toHaveLength(1);
    });

    it("is fetched back when the exchange waits for us, though our way seems whole", () => {
        const calls = [call("c1", "s1")];
        const whole = sound("s1");
        const sounds = [whole];
        const { resumer, dialled } = page(calls, sounds);
        calls[0]![1].parties[1]!.state = "talking";
        resumer.look();
        expect(dialled).toEqual([]);
        calls[0]![1].parties[1]!.state = "away";
        resumer.look();
        expect(dialled).toEqual(["resume-c1"]);
        sounds.push(sound("s9", { number: "resume-c1" }));
        resumer.look();
        expect(whole.leave).toHaveBeenCalledOnce();
    });

    it("is left alone while we ask somebody else on the same line", () => {
        const calls = [call("c1", "s1")];
        const { resumer, dialled } = page(calls, [sound("s1")]);
        calls[0]![1].parties[1]!.state = "talking";
        resumer.look();
        calls[0]![1].parties[1]!.state = "away";
        calls[0]![1].consult = "c2";
        resumer.look();
        expect(dialled).toEqual([]);
    });

    it("ends here when the exchange no longer has it, but not in the first moment", () => {
        vi.useFakeTimers();
        const calls = [call("c1", "s1")];
        const left = sound("s1", { end: vi.fn() });
        const fresh = sound("s5", { end: vi.fn() });
        const { resumer } = page(calls, [left, fresh]);
        resumer.look();
        calls.pop();
        resumer.look();
        vi.advanceTimersByTime(4000);
        resumer.look();
        expect(left.end).not.toHaveBeenCalled();
        vi.advanceTimersByTime(2000);
        resumer.look();
        expect(left.end).toHaveBeenCalledOnce();
        // The exchange has not told of this one yet.
        expect(fresh.end).not.toHaveBeenCalled();
        vi.useRealTimers();
    });

    it("is not fetched from another device or after a while", () => {
        stored.set("kiestoon.talking", JSON.stringify({ at: Date.now() - 60_000, calls: ["c1"] }));
        const { resumer, dialled } = page([call("c1", "s1")], []);
        resumer.look();
        expect(dialled).toEqual([]);
    });

    it("is remembered for the page that comes after", () => {
        const { resumer } = page([], []);
        resumer.remember([
            { id: "c1", sound: "s1", phase: "talking" },
            { id: "c2", sound: "", phase: "talking" },
            { id: "c3", sound: "s3", phase: "incoming" },
        ] as never);
        expect(JSON.parse(stored.get("kiestoon.talking") ?? "")).toMatchObject({ calls: ["c1"] });
    });
});
