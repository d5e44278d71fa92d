// Faces for people without a picture.

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
