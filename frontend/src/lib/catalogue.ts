/** Texts by their keys, as vue-i18n wants them. */
export interface Catalogue {
    [key: string]: string | Catalogue;
}

/** All catalogues as one. A key that two of them have is refused: one text would hide the other. */
export function merged(catalogues: readonly Catalogue[]): Catalogue {
    const all: Catalogue = {};
    for (const catalogue of catalogues) add(all, catalogue, "");
    return all;
}

function add(to: Catalogue, from: Catalogue, path: string): void {
    for (const [key, value] of Object.entries(from)) {
        const known = to[key];
        if (known === undefined && typeof value === "string") {
            to[key] = value;
            continue;
        }
        if (typeof value === "string" || typeof known === "string")
            throw new Error(`two texts are called ${path}${key}`);
        const inner = known ?? {};
        to[key] = inner;
        add(inner, value, `${path}${key}.`);
    }
}
