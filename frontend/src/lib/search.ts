// Finding people as one types.

/** Small letters without accents, so that "jose" finds "José". */
export function folded(text: string): string {
    return text
        .normalize("NFD")
        .replace(/\p{Diacritic}/gu, "")
        .toLowerCase();
}

/** A test for texts that hold every word of the query, each at the beginning of some word of theirs or inside one. */
export function matcher(query: string): (haystack: string) => boolean {
    const words = folded(query).split(/\s+/).filter(Boolean);
    return (haystack) => words.every((word) => haystack.includes(word));
}
