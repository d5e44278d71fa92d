import { describe, expect, it } from "vitest";

import { features } from "../src/features";
import { merged, type Catalogue } from "../src/lib/catalogue";
import en from "../src/locales/en.json";
import nl from "../src/locales/nl.json";

/** What features/phone has may be used by every feature. */
const CORE = "phone";
const SHARED = "";

function leaves(tree: Catalogue, path = ""): [string, string][] {
    return Object.entries(tree).flatMap(([key, value]) =>
        typeof value === "string" ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`),
    );
}

/** The folder of features in which a file is. */
function owner(path: string): string {
    return /\/features\/(\w+)\//.exec(path)?.[1] ?? SHARED;
}

const places = [{ name: SHARED, locales: { nl, en } }, ...features];
const catalogues = {
    en: new Map(leaves(merged(places.map((place) => place.locales.en)))),
    nl: new Map(leaves(merged(places.map((place) => place.locales.nl)))),
};
const ownerOf = new Map(
    places.flatMap(({ name, locales }) => leaves(locales.en).map(([key]) => [key, name] as const)),
);
const files = import.meta.glob<string>("../src/**/locales/*.json", { query: "?raw", import: "default", eager: true });
const sources = import.meta.glob<string>("../src/**/*.{vue,ts}", { query: "?raw", import: "default", eager: true });

/** The keys that a source asks for by name. */
function asked(text: string): string[] {
    const calls = [
        ...text.matchAll(/\bt\(\s*"([a-z_.]+[a-z0-9_])"/gi),
        ...text.matchAll(/\bt\(\s*'([a-z_.]+[a-z0-9_])'/gi),
        ...text.matchAll(/\blabel: "([a-z_]+\.[a-z0-9_.]+)"/gi),
    ];
    return calls.map(([, key]) => key ?? "");
}

/** A test whether a source may ask for a key. Keys made of parts are found by the part before the first that varies. */
function uses(text: string): (key: string) => boolean {
    const parts = [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+)*[._])\$\{/g)].map(([, part]) => part ?? "");
    return (key) =>
        text.includes(`"${key}"`) || text.includes(`'${key}'`) || parts.some((part) => key.startsWith(part));
}

describe("the catalogues", () => {
    it("have the same keys, feature by feature", () => {
        for (const { name, locales } of places) {
            const keys = (tree: Catalogue) =>
                leaves(tree)
                    .map(([key]) => key)
                    .sort();
            expect(keys(locales.nl), name).toEqual(keys(locales.en));
        }
    });

    it("are all handed in", () => {
        expect(Object.keys(files).length).toBe(2 * places.length);
    });

    it("have each key once", () => {
        expect(catalogues.en.size).toBe(places.flatMap(({ locales }) => leaves(locales.en)).length);
        // A key twice in one file: the last of them wins without a word.
        for (const [path, text] of Object.entries(files)) {
            expect(text, path).toBe(`${JSON.stringify(JSON.parse(text), null, 4)}\n`);
        }
    });

    it("have the words of one kind in one place", () => {
        const homes = new Map<string, Set<string>>();
        for (const [key, name] of ownerOf) {
            const kind = key.split(".")[0] ?? "";
            homes.set(kind, (homes.get(kind) ?? new Set()).add(name));
        }
        // Each page brings its own title.
        homes.delete("page");
        expect([...homes].filter(([, names]) => names.size > 1)).toEqual([]);
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

    it("have every key that the client asks for, where the one who asks may look", () => {
        let count = 0;
        for (const [path, text] of Object.entries(sources)) {
            const mine = owner(path);
            for (const key of asked(text)) {
                count += 1;
                expect(ownerOf.has(key), `${path} asks for ${key}`).toBe(true);
                const holder = ownerOf.get(key) ?? "";
                if (mine !== SHARED) expect([mine, SHARED, CORE], `${path} asks for ${key}`).toContain(holder);
            }
        }
        expect(count).toBeGreaterThan(100);
    });

    it("have nothing that nobody asks for", () => {
        const tests = Object.values(sources).map(uses);
        const unused = [...catalogues.en.keys()].filter((key) => !tests.some((wants) => wants(key)));
        expect(unused).toEqual([]);
    });
});

describe("merging", () => {
    it("refuses a key that two have, a group of them too", () => {
        expect(() => merged([{ a: { b: "1" } }, { a: { b: "2" } }])).toThrow("a.b");
        expect(() => merged([{ a: { b: "1" } }, { a: "2" }])).toThrow("a");
        expect(() => merged([{ a: "1" }, { a: { b: "2" } }])).toThrow("a");
    });

    it("leaves what is merged as it was", () => {
        const [one, two] = [{ a: { b: "1" } }, { a: { c: "2" } }];
        expect(merged([one, two])).toEqual({ a: { b: "1", c: "2" } });
        expect(one).toEqual({ a: { b: "1" } });
    });
});
