import { describe, expect, it } from "vitest";

import { features } from "../src/features";
import en from "../src/locales/en.json";

const pages = import.meta.glob("../src/features/*/index.ts");
const sources = import.meta.glob<string>("../src/**/*.{vue,ts}", { query: "?raw", import: "default", eager: true });
const events = sources["../src/api/generated/events.ts"] ?? "";
/** What the store itself does with the connection and with oneself (stores/live.ts). */
const OF_THE_STORE = ["bye", "profile", "reload"];
/** The others may use it. */
const CORE = "phone";

function twice<Value>(values: readonly Value[]): Value[] {
    return values.filter((value, index) => values.indexOf(value) !== index);
}

describe("the features", () => {
    it("are the folders, each by its own name", () => {
        const folders = Object.keys(pages).map((path) => path.split("/").at(-2));
        expect(features.map((feature) => feature.name).sort()).toEqual(folders.sort());
    });

    it("have pages of their own names and paths, with a title", () => {
        const routes = features.flatMap((feature) => feature.routes ?? []);
        const settings = features.flatMap((feature) => feature.settings ?? []);
        const names = [...routes, ...settings].map((page) => String(page.name));
        expect(twice(names)).toEqual([]);
        expect(twice(routes.map((route) => route.path))).toEqual([]);
        const titled = [en, ...features.map((feature) => feature.locales.en)].flatMap((texts) =>
            Object.keys((texts.page as object | undefined) ?? {}),
        );
        expect(names.filter((name) => !titled.includes(name))).toEqual([]);
    });

    it("lead from the menu to a page that there is", () => {
        for (const { name, routes, menu } of features) {
            if (menu)
                expect(
                    routes?.map((route) => route.name),
                    name,
                ).toContain(menu.route);
        }
    });

    it("hear of every kind of event", () => {
        const kinds = [...events.matchAll(/^ {4}kind: "(\w+)";/gm)].map(([, kind]) => kind ?? "");
        const heard = new Set(features.flatMap((feature) => Object.keys(feature.live?.apply ?? {})));
        expect(kinds.length).toBeGreaterThan(10);
        expect([...heard, ...OF_THE_STORE].sort()).toEqual(kinds.sort());
    });

    it("keep each its own part of what is known", () => {
        const parts = features.flatMap((feature) => Object.keys(feature.live?.empty() ?? {}));
        expect(twice(parts)).toEqual([]);
    });

    it("do not know each other, nor does what is shared know them", () => {
        const arrows = Object.entries(sources).flatMap(([path, text]) => {
            const from = /\/features\/(\w+)\//.exec(path)?.[1];
            // App and components show the features; the rest of what is shared serves them.
            if (!from && !/\/src\/(lib|stores|api)\//.test(path)) return [];
            const imports = [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, to]) => to ?? "");
            return imports.flatMap((to) => {
                const target = new URL(to, `file:///${path.replace("../", "")}`).pathname;
                const other = /\/features\/(\w+)\//.exec(target)?.[1];
                return other && other !== from && (!from || other !== CORE) ? [`${path} → ${target}`] : [];
            });
        });
        expect(arrows).toEqual([]);
    });
});
