// The team as it is listed: by name, with what a search needs.

import type { Person as Colleague } from "../api/types";
import type { Person } from "../model";
import { folded } from "./search";

/**
 * Statuses and lines change all day, names hardly ever: only `arrange` sorts, and `list` makes anew only who changed.
 */
export class Team {
    private order: string[] = [];
    private readonly shown = new WeakMap<Colleague, Person>();

    /** Somebody is new, gone or called otherwise. */
    arrange(people: Iterable<Colleague>, language: string): void {
        const { compare } = new Intl.Collator(language);
        const sorted = [...people].sort((a, b) => compare(a.name, b.name) || a.extension.localeCompare(b.extension));
        this.order = sorted.map((person) => person.extension);
    }

    list(people: ReadonlyMap<string, Colleague>, favourites: readonly string[]): Person[] {
        const wanted = new Set(favourites);
        return this.order.flatMap((extension) => {
            const person = people.get(extension);
            return person ? [this.show(person, wanted.has(extension))] : [];
        });
    }

    private show(person: Colleague, favourite: boolean): Person {
        const known = this.shown.get(person);
        if (known?.favourite === favourite) return known;
        const sought = known?.sought ?? folded(`${person.name} ${person.extension} ${person.department}`);
        const fresh = { ...person, favourite, sought };
        this.shown.set(person, fresh);
        return fresh;
    }
}
