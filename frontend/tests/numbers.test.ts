import { describe, expect, it } from "vitest";

import { dialable, looksLikeNumber } from "../src/lib/numbers";

describe("a number in any notation", () => {
    it.each([
        ["101", "101"],
        ["*43", "*43"],
        ["020-123 45 67", "0201234567"],
        ["020/1234567", "0201234567"],
        ["+31 (0)20 123 45 67", "+31201234567"],
        ["0031 (0)20-1234567", "0031201234567"],
        ["(020) 123.45.67", "0201234567"],
        ["tel:+31-20-1234567;ext=5", "+31201234567"],
        ["sip:101@example.org;transport=ws", "101"],
        ["sip:%2A43@example.org", "*43"],
        ["callto:0612345678", "0612345678"],
        ["+31\u00a020\u00a01234567", "+31201234567"],
    ])("%s is dialled as %s", (text, dialled) => {
        expect(dialable(text)).toBe(dialled);
    });

    it.each(["Anna", "", "  ", "sip:anna@example.org", "12 monkeys", "+"])("%s is no number", (text) => {
        expect(looksLikeNumber(text)).toBe(false);
        expect(dialable(text)).toBe("");
    });
});
