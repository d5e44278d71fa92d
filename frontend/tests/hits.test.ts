import { describe, expect, it } from "vitest";

import { hits } from "../src/features/phone/hits";
import { folded } from "../src/lib/search";
import type { LogEntry, Person } from "../src/model";

const person = (extension: string, name: string, favourite = false) =>
    ({ extension, name, department: "", favourite, sought: folded(`${name} ${extension}`) }) as Person;
const call = (number: string, name = "") => ({ number, name }) as LogEntry;
const people = [person("100", "Anna"), person("101", "Bram"), person("1010", "Chris", true)];
const numbers = (query: string, recent: LogEntry[] = []) =>
    hits(query, people, recent, ["100"]).map((hit) => hit.number);

describe("what is offered while one types", () => {
    it("is everybody but oneself, favourites first, then recent calls once each", () => {
        expect(numbers("", [call("0201234567"), call("101"), call("0201234567")])).toEqual([
            "1010",
            "101",
            "0201234567",
        ]);
    });

    it("is who is called so, or has that number", () => {
        expect(numbers("bra")).toEqual(["101"]);
        expect(numbers("101")).toEqual(["1010", "101"]);
    });

    it("is the number itself when nobody has it, in any notation", () => {
        expect(numbers("020-123 45 67")[0]).toBe("0201234567");
        expect(numbers("tel:+31-20-1234567")[0]).toBe("+31201234567");
        expect(hits("*43", people, [], ["100"])[0]).toMatchObject({ number: "*43", kind: "typed" });
    });

    it("is a recent call whose name has accents, typed with them or without", () => {
        expect(numbers("jose", [call("0201234567", "José")])).toEqual(["0201234567"]);
        expect(numbers("José", [call("0201234567", "José")])).toEqual(["0201234567"]);
    });

    it("is a recent call that has those digits", () => {
        expect(numbers("1234", [call("0201234567", "Acme")])).toEqual(["1234", "0201234567"]);
    });
});
