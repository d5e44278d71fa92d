import type { Person } from "../../api/types";
import { refill } from "../../lib/maps";
import type { LivePart } from "../feature";

declare module "../../lib/live" {
    interface Live {
        people: Map<string, Person>;
        favourites: string[];
    }
}

export const live: LivePart = {
    empty: () => ({ people: new Map(), favourites: [] }),
    fill(live, snapshot) {
        refill(
            live.people,
            snapshot.people.map((person) => [person.extension, person]),
        );
        live.favourites = snapshot.favourites;
    },
    apply: {
        presence(live, { extension, status, until, message }) {
            const person = live.people.get(extension);
            if (person) live.people.set(extension, { ...person, status, until, message });
        },
        extension(live, { extension, state }) {
            const person = live.people.get(extension);
            if (person) live.people.set(extension, { ...person, line: state });
        },
        person(live, { extension, person }) {
            if (person) live.people.set(extension, person);
            else live.people.delete(extension);
        },
        favourites(live, { favourites }) {
            live.favourites = [...favourites];
        },
    },
};
