// What to offer while somebody types a name or a number.

import { dialable } from "../../lib/numbers";
import { hidesNumber } from "../../lib/person";
import { folded, matcher } from "../../lib/search";
import type { Hit, LogEntry, Person } from "../../model";

const PEOPLE = 30;
const RECENT = 5;

/** People first (favourites before others), then recent calls, and the typed number itself on top. */
export function hits(
    query: string,
    people: readonly Person[],
    recent: readonly LogEntry[],
    except: readonly string[],
): Hit[] {
    const fits = matcher(query);
    const typed = dialable(query);
    const found: Hit[] = people
        .filter((person) => !except.includes(person.extension) && fits(person.sought))
        .sort((a, b) => Number(b.favourite) - Number(a.favourite) || exact(b, typed) - exact(a, typed))
        .slice(0, PEOPLE)
        .map((person) => ({
            number: person.extension,
            name: person.name,
            detail: person.department,
            person,
            kind: "person",
        }));
    const seen = new Set(found.map((hit) => hit.number));
    let room = RECENT;
    for (const call of recent) {
        if (!room || hidesNumber(call.number) || seen.has(call.number) || except.includes(call.number)) continue;
        if (query.trim() && !fits(folded(`${call.name} ${call.number}`)) && !(typed && call.number.includes(typed)))
            continue;
        seen.add(call.number);
        room -= 1;
        found.push({ number: call.number, name: call.name, detail: "", person: null, kind: "recent" });
    }
    if (typed && !seen.has(typed))
        found.unshift({ number: typed, name: "", detail: "", person: null, kind: "typed" });
    return found;
}

function exact(person: Person, typed: string): number {
    return Number(Boolean(typed) && person.extension === typed);
}
