// Leaves out of Tabler's stylesheet what no component of ours names: four fifths of what a browser would load first.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import postcss from "postcss";
import type { Plugin } from "vite";

const SOURCES = new URL("../src", import.meta.url).pathname;
// Made of parts in lib/person.ts and components/Avatar.vue.
const MADE = /^bg-(blue|azure|indigo|purple|pink|orange|lime|teal)-lt$/;
const CLASS = /\.(-?[_a-zA-Z][\w-]*)/g;

/** Every word in our sources that could be the name of a class. */
function words(folder: string): Set<string> {
    const found = new Set<string>();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(vue|ts)$/.test(entry.name)) continue;
        const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
        for (const [word] of text.matchAll(/[a-z][\w-]*/gi)) found.add(word);
    }
    return found;
}

/** True when each class that the selector asks for may be on one of our elements. */
export function wanted(selector: string, known: ReadonlySet<string>): boolean {
    // What is in :not() is asked not to be there.
    const asked = selector.replace(/:not\([^()]*\)/g, "").matchAll(CLASS);
    return [...asked].every(([, name]) => name === undefined || known.has(name) || MADE.test(name));
}

export function withoutUnused(css: string, known: ReadonlySet<string>): string {
    const root = postcss.parse(css);
    root.walkRules((rule) => {
        if (rule.parent?.type === "atrule" && /keyframes$/.test((rule.parent as { name?: string }).name ?? ""))
            return;
        const kept = rule.selectors.filter((selector) => wanted(selector, known));
        if (kept.length) rule.selectors = kept;
        else rule.remove();
    });
    root.walkAtRules((rule) => {
        if (rule.nodes?.length === 0) rule.remove();
    });
    return root.toString();
}

export function dropUnused(): Plugin {
    let known: Set<string> | undefined;
    return {
        name: "drop-unused-classes",
        enforce: "pre",
        apply: "build",
        transform(code, id) {
            if (!id.includes("@tabler/core") || !id.endsWith(".css")) return null;
            known ??= words(SOURCES);
            return { code: withoutUnused(code, known), map: null };
        },
    };
}
