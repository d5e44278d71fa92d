import { describe, expect, it } from "vitest";

import { activeCalls, StableKeys, type SoundFacts } from "../src/features/phone/activeCalls";
import type { LiveCall, Party } from "../src/model";

function leg(extension: string, facts: Partial<Party> = {}): Party {
    return {
        leg: `leg ${extension} ${facts.device ?? 1}`,
        call: "c1",
        number: extension || "0201234567",
        name: `name ${extension}`,
        extension,
        device: 1,
        state: "talking",
        since: 0,
        sip_call_id: "",
        ...facts,
    };
}

function call(parties: Party[], facts: Partial<LiveCall> = {}): LiveCall {
    return {
        id: "c1",
        direction: "internal",
        state: "talking",
        caller: "100",
        caller_name: "Anna",
        dialled: "101",
        recording: "off",
        answered_by: "",
        holder: "",
        conference: false,
        home: "",
        purpose: "",
        consult: "",
        slot: "",
        started: 10,
        answered: 20,
        parties,
        ...facts,
    };
}

function sound(id: string, facts: Partial<SoundFacts> = {}): SoundFacts {
    return { id, state: "talking", number: "101", name: "", muted: false, lost: false, ...facts };
}

const anna = (facts: Partial<Party> = {}) => leg("100", facts);

describe("the active calls", () => {
    it("shows a call that rings here with who calls and through what number", () => {
        const parties = [anna({ state: "calling" }), leg("101", { state: "ringing", sip_call_id: "s1" })];
        const ringing = call(parties, { answered: null, dialled: "600" });
        const [only, ...rest] = activeCalls([ringing], [sound("s1", { state: "ringing" })], "101");
        expect(rest).toEqual([]);
        expect(only).toMatchObject({
            phase: "incoming",
            number: "100",
            name: "name 100",
            sound: "s1",
            through: "600",
        });
    });

    it("shows what one dialled before anybody rings", () => {
        const calling = call([anna({ state: "calling" })], { answered: null });
        expect(activeCalls([calling], [], "100")[0]).toMatchObject({ phase: "outgoing", number: "101", sound: "" });
    });

    it("shows one's own desk phone that rings first as a call that goes out", () => {
        const calling = call([anna({ state: "ringing" })], { answered: null });
        expect(activeCalls([calling], [], "100")[0]).toMatchObject({ phase: "outgoing", number: "101" });
    });

    it("shows what comes back out of a parking slot to who began it as a call that comes in", () => {
        const ringing = anna({ state: "ringing", sip_call_id: "s1" });
        const back = call([ringing, leg("101")]);
        const here = sound("s1", { state: "ringing" });
        expect(activeCalls([back], [here], "100")[0]).toMatchObject({
            phase: "incoming",
            number: "101",
            sound: "s1",
        });
        // The desk phone alone rings for it: there, too, somebody waits to be answered.
        expect(activeCalls([back], [], "100")[0]).toMatchObject({ phase: "incoming", number: "101", sound: "" });
    });

    it("shows one's own call that moves to this browser as one that comes in", () => {
        const side = call([anna({ state: "ringing", sip_call_id: "s1" })], {
            answered: null,
            home: "c0",
            purpose: "move",
        });
        const [only] = activeCalls([side], [sound("s1", { state: "ringing" })], "100");
        expect(only).toMatchObject({ phase: "incoming", home: "c0", purpose: "move", sound: "s1" });
    });

    it("shows a call on the desk phone too, without sound here", () => {
        expect(activeCalls([call([anna(), leg("101")])], [], "101")[0]).toMatchObject({
            phase: "talking",
            sound: "",
        });
    });

    it("forgets the ringing here once another device of ours answered", () => {
        const answered = call([
            anna(),
            leg("101", { state: "talking", device: 1 }),
            leg("101", { state: "ringing", device: 2, sip_call_id: "s1" }),
        ]);
        const [only, ...rest] = activeCalls([answered], [sound("s1", { state: "ringing" })], "101");
        expect(rest).toEqual([]);
        expect(only).toMatchObject({ phase: "talking", sound: "", device: 1 });
    });

    it("does not show what is nobody's of ours", () => {
        expect(activeCalls([call([anna(), leg("101")])], [], "102")).toEqual([]);
    });

    it("shows what began here before the exchange tells of it, and once when it does", () => {
        const here = sound("s9", { state: "calling", number: "105" });
        expect(activeCalls([], [here], "100")).toMatchObject([
            { id: "", phase: "outgoing", number: "105", sound: "s9" },
        ]);
        const told = call([anna({ sip_call_id: "s9", state: "calling" })], { answered: null, dialled: "105" });
        expect(activeCalls([told], [here], "100")).toMatchObject([{ id: "c1", phase: "outgoing", sound: "s9" }]);
    });

    it.each([
        ["holding", "held"],
        ["held", "waiting"],
        ["away", "away"],
        ["muted", "talking"],
        ["service", "talking"],
    ] as const)("calls a party that is %s %s", (state, phase) => {
        expect(activeCalls([call([anna({ state }), leg("101")])], [], "100")[0]?.phase).toBe(phase);
    });

    it("puts what rings before what is talked", () => {
        const talk = call([anna(), leg("101")]);
        const parties = [leg("102", { call: "c2", state: "calling" }), leg("100", { call: "c2", state: "ringing" })];
        const ring = call(parties, { id: "c2", answered: null, caller: "102" });
        expect(activeCalls([talk, ring], [], "100").map(({ id, phase }) => [id, phase])).toEqual([
            ["c2", "incoming"],
            ["c1", "talking"],
        ]);
    });

    it("shows a consultation as a call of its own, and whom it is for", () => {
        const talk = call([leg("101", { state: "held" }), anna({ state: "away", call: "c2", sip_call_id: "s1" })], {
            consult: "c2",
        });
        const asked = call([anna({ call: "c2", sip_call_id: "s1" }), leg("102", { call: "c2" })], {
            id: "c2",
            home: "c1",
            purpose: "consult",
        });
        const found = activeCalls([talk, asked], [sound("s1")], "100");
        expect(found.map(({ id, phase, home, consult, sound }) => [id, phase, home, consult, sound])).toEqual([
            ["c1", "away", "", "c2", ""],
            ["c2", "talking", "c1", "", "s1"],
        ]);
    });

    it("names everybody in a conference, and who is being rung for it", () => {
        const parties = [anna(), leg("101"), leg("102"), leg("103", { call: "c2", state: "ringing" })];
        const [only] = activeCalls([call(parties)], [], "100");
        expect(only?.conference).toBe(true);
        expect(only?.others.map((other) => other.extension)).toEqual(["101", "102", "103"]);
    });
});

describe("the card of a call", () => {
    it("stays the same one when the exchange tells of a call that began here", () => {
        const keys = new StableKeys();
        const here = sound("s9", { state: "calling", number: "105" });
        const [before] = activeCalls([], [here], "100").map((one) => keys.of(one));
        const told = call([anna({ sip_call_id: "s9", state: "calling" })], { answered: null, dialled: "105" });
        const [after] = activeCalls([told], [here], "100").map((one) => keys.of(one));
        expect(after?.key).toBe(before?.key);
        // The sound goes on in a consultation; that is another card.
        const asked = call([anna({ call: "c2", sip_call_id: "s9" })], { id: "c2", home: "c1", purpose: "consult" });
        const away = call([anna({ state: "away", call: "c2", sip_call_id: "s9" })], { consult: "c2" });
        const both = activeCalls([away, asked], [sound("s9")], "100").map((one) => keys.of(one).key);
        expect(both).toEqual(["s9", "c2"]);
    });

    it("are those of the card that can be answered, when the exchange told of a call before its sound came", () => {
        const keys = new StableKeys();
        const early = call([anna(), leg("101", { state: "ringing" })], { answered: null });
        const here = sound("s1", { state: "ringing", number: "100" });
        const shown = (...args: Parameters<typeof activeCalls>) =>
            activeCalls(...args).map((one) => keys.of(one).key);
        expect(shown([early], [], "101")).toEqual(["c1"]);
        expect(shown([early], [here], "101").sort()).toEqual(["c1", "s1"]);
        const whole = call([anna(), leg("101", { state: "ringing", sip_call_id: "s1" })], { answered: null });
        expect(shown([whole], [here], "101")).toEqual(["s1"]);
    });
});
