// Names of people, and faces for those without a picture.

/** What comes instead of the number of who hides it. */
const HIDDEN = new Set(["", "anonymous", "restricted", "unavailable", "unknown"]);

export function hidesNumber(number: string): boolean {
    return HIDDEN.has(number.toLowerCase());
}

/** The name, or else the number; `nobody` for who hides both. */
export function nameOf(name: string, number: string, nobody: string): string {
    if (!hidesNumber(number)) return name || number;
    return hidesNumber(name) ? nobody : name;
}

const TINTS = ["blue", "azure", "indigo", "purple", "pink", "orange", "lime", "teal"] as const;

/** "Anna de Wit" → "AW". */
export function initials(name: string): string {
    const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
    const capital = words.filter((word) => /^\p{Lu}/u.test(word));
    const chosen = capital.length ? capital : words;
    const first = chosen[0]?.charAt(0) ?? "";
    return (first + (chosen.length > 1 ? (chosen.at(-1)?.charAt(0) ?? "") : "")).toUpperCase() || "#";
}

/** The same colour for the same person every time. */
export function tint(key: string): (typeof TINTS)[number] {
    let sum = 0;
    for (const letter of key) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
    return TINTS[sum % TINTS.length] ?? "blue";
}
