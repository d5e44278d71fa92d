import { describe, expect, it } from "vitest";

import { hidesNumber, initials, nameOf, tint } from "../src/lib/person";
import { folded, matcher } from "../src/lib/search";
import { clock, localInput, moment, regional } from "../src/lib/time";
import { visible } from "../src/lib/window";

describe("searching", () => {
    it("ignores accents and capitals and finds every word in any order", () => {
        const text = folded("José van Dijk 101 Verkoop");
        expect(matcher("jose")(text)).toBe(true);
        expect(matcher("verk jos")(text)).toBe(true);
        expect(matcher("101")(text)).toBe(true);
        expect(matcher("jose inkoop")(text)).toBe(false);
        expect(matcher("")(text)).toBe(true);
    });
});

describe("who calls", () => {
    it("has a name, or else a number, or hides both", () => {
        expect(nameOf("Anna", "101", "?")).toBe("Anna");
        expect(nameOf("", "+31612345678", "?")).toBe("+31612345678");
        expect(nameOf("Anonymous", "anonymous", "?")).toBe("?");
        expect(nameOf("", "", "?")).toBe("?");
        expect(nameOf("Anna", "anonymous", "?")).toBe("Anna");
        expect(["anonymous", "Restricted", "", "101"].map(hidesNumber)).toEqual([true, true, true, false]);
    });
});

describe("time", () => {
    it("shows a duration as a clock does", () => {
        expect([0, 65, 3729, -3].map(clock)).toEqual(["0:00", "1:05", "1:02:09", "0:00"]);
    });

    it("leaves out of a moment what goes without saying", () => {
        const now = new Date(2026, 4, 20, 15, 0);
        expect(moment(new Date(2026, 4, 20, 9, 5), "en-GB", now)).toBe("09:05");
        expect(moment(new Date(2026, 4, 19, 23, 5), "en-GB", now)).toBe("Tue 23:05");
        expect(moment(new Date(2026, 0, 2, 9, 5), "en-GB", now)).toBe("2 Jan, 09:05");
        expect(moment(new Date(2025, 0, 2, 9, 5), "en-GB", now)).toContain("2025");
    });

    it("is written as the region of the browser does", () => {
        expect(regional("en", ["nl-NL", "en-US"])).toBe("en-US");
        expect(regional("en", ["nl-NL"])).toBe("en-GB");
        expect(regional("nl", ["en-US"])).toBe("nl");
    });

    it("fills a form's field with local time", () => {
        expect(localInput(new Date(2026, 4, 20, 9, 5))).toBe("2026-05-20T09:05");
    });
});

describe("a long list", () => {
    it("draws only what is in view", () => {
        const slice = visible(1000, 50, 5000, 500, 4);
        expect(slice).toEqual({ first: 96, end: 114, above: 4800, below: 44300 });
    });

    it("holds at both ends and when it is shorter than its window", () => {
        expect(visible(3, 50, 0, 500)).toEqual({ first: 0, end: 3, above: 0, below: 0 });
        expect(visible(1000, 50, 49_800, 500, 4).end).toBe(1000);
        expect(visible(0, 50, 0, 500)).toEqual({ first: 0, end: 0, above: 0, below: 0 });
        // Scrolled far down, and then a search left three rows.
        expect(visible(3, 50, 40_000, 500)).toEqual({ first: 0, end: 3, above: 0, below: 0 });
    });
});

describe("faces", () => {
    it("takes the first and the last name", () => {
        expect(["Anna de Wit", "Cher", "", "de boer"].map(initials)).toEqual(["AW", "C", "#", "DB"]);
    });

    it("gives one person one colour", () => {
        expect(tint("101")).toBe(tint("101"));
    });
});
