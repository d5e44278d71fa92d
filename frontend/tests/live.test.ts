import { describe, expect, it } from "vitest";

import type { Event, LiveCall, LogEntry, Person } from "../src/api/types";
import { playable } from "../src/features/calls/live";
import { apply, nothing } from "../src/lib/live";

const anna: Person = {
    extension: "100",
    name: "Anna",
    department: "",
    picture: "",
    status: "available",
    until: null,
    message: "",
    line: "idle",
};
const call = { id: "c1", parties: [] } as unknown as LiveCall;
const entry = (arrow: LogEntry["arrow"]) => ({ id: "c1", arrow }) as LogEntry;

function after(...events: Event[]) {
    const live = nothing();
    for (const event of events) apply(live, event, "100");
    return live;
}

const there: Event = { kind: "person", extension: "100", person: anna };

describe("an event", () => {
    it("twice is the same as once", () => {
        const events: Event[] = [
            there,
            { kind: "presence", extension: "100", status: "lunch", until: null, message: "soup" },
            { kind: "extension", extension: "100", state: "busy" },
            { kind: "favourites", favourites: ["100"] },
            { kind: "call", id: "c1", call },
            { kind: "logged", entry: entry("missed") },
            { kind: "mailbox", extension: "100", new: 2, old: 1 },
            { kind: "registration", extension: "100", devices: [7] },
            { kind: "parking", slot: "700", call: "c1", number: "101", name: "Bram" },
            { kind: "recording", id: 3, call: "c1", state: "raw" },
        ];
        const once = after(...events);
        expect(after(...events.flatMap((event) => [event, event]))).toEqual(once);
        expect(once.people.get("100")).toMatchObject({ status: "lunch", message: "soup", line: "busy" });
        expect([once.missed.size, once.voicemail.new, once.registered.has(7), once.parking.size]).toEqual([
            1,
            2,
            true,
            1,
        ]);
    });

    it("about the end of something removes it", () => {
        const live = after(
            there,
            { kind: "call", id: "c1", call },
            { kind: "logged", entry: entry("missed") },
            { kind: "parking", slot: "700", call: "c1", number: "101", name: "Bram" },
            { kind: "person", extension: "100", person: null },
            { kind: "call", id: "c1", call: null },
            { kind: "seen" },
            { kind: "parking", slot: "700", call: "", number: "", name: "" },
        );
        expect(live).toEqual(nothing());
    });

    it("about somebody unknown changes nothing", () => {
        const live = after(
            { kind: "presence", extension: "999", status: "dnd", until: null, message: "" },
            { kind: "extension", extension: "999", state: "busy" },
            { kind: "mailbox", extension: "999", new: 5, old: 0 },
            { kind: "registration", extension: "999", devices: [1] },
        );
        expect(live).toEqual(nothing());
    });

    it("of a recording makes it playable, until it is gone", () => {
        const told = (state: "raw" | "compressed" | "deleted"): Event => ({
            kind: "recording",
            id: 3,
            call: "c1",
            state,
        });
        const listed = { ...entry("in"), recordings: [2, 3] };
        expect(playable(after(), listed)).toEqual([2, 3]);
        expect(playable(after(told("raw"), told("compressed")), { ...listed, recordings: [] })).toEqual([3]);
        expect(playable(after(told("raw"), told("deleted")), listed)).toEqual([2]);
        expect(playable(after(told("raw")), { ...listed, id: "c2", recordings: [] })).toEqual([]);
    });

    it("a call that was answered is not missed", () => {
        expect(after({ kind: "logged", entry: entry("in") }).missed.size).toBe(0);
    });
});
