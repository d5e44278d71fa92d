import { describe, expect, it } from "vitest";

import en from "../src/locales/en.json";
import nl from "../src/locales/nl.json";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
    return Object.entries(tree).flatMap(([key, value]) =>
        typeof value === "string" ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`),
    );
}

const catalogues = { en: new Map(leaves(en)), nl: new Map(leaves(nl)) };
const sources = import.meta.glob<string>("../src/**/*.{vue,ts}", { query: "?raw", import: "default", eager: true });
const text = Object.values(sources).join("\n");

describe("the catalogues", () => {
    it("have the same keys", () => {
        expect([...catalogues.nl.keys()].sort()).toEqual([...catalogues.en.keys()].sort());
    });

    it("fill in the same values and have the same forms", () => {
        const shape = (words: string) => [
            words
                .match(/\{\w+\}/g)
                ?.sort()
                .join() ?? "",
            words.split("|").length,
        ];
        for (const [key, words] of catalogues.en) {
            const [places] = shape(words);
            expect([key, shape(catalogues.nl.get(key) ?? "")[0]].join()).toBe([key, places].join());
            expect(shape(catalogues.nl.get(key) ?? "")[1], key).toBe(shape(words)[1]);
        }
    });

    it("have every key that the client asks for", () => {
        const asked = [
            ...text.matchAll(/\bt\(\s*"([a-z_.]+[a-z0-9_])"/gi),
            ...text.matchAll(/\bt\(\s*'([a-z_.]+[a-z0-9_])'/gi),
        ];
        const unknown = asked.map(([, key]) => key ?? "").filter((key) => !catalogues.en.has(key));
        expect(unknown).toEqual([]);
        expect(asked.length).toBeGreaterThan(100);
    });

    it("have nothing that nobody asks for", () => {
        // Keys made of parts are found by the part before the first that varies.
        const parts = [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+)*[._])\$\{/g)].map(([, part]) => part ?? "");
        const unused = [...catalogues.en.keys()].filter(
            (key) =>
                !text.includes(`"${key}"`) &&
                !text.includes(`'${key}'`) &&
                !parts.some((part) => key.startsWith(part)),
        );
        expect(unused).toEqual([]);
    });
});
