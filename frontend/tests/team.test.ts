import { describe, expect, it, vi } from "vitest";

import type { Person } from "../src/api/types";
import { Team } from "../src/lib/team";

const person = (extension: string, name: string, facts: Partial<Person> = {}) =>
    ({ extension, name, department: "", status: "available", line: "idle", ...facts }) as Person;

function company() {
    const people = new Map(
        [person("102", "Émile"), person("101", "bram"), person("100", "Anna"), person("103", "Anna")].map((one) => [
            one.extension,
            one,
        ]),
    );
    const team = new Team();
    team.arrange(people.values(), "nl");
    return { people, team };
}

describe("the team", () => {
    it("is listed by name, as one looks it up, with what a search needs", () => {
        const { people, team } = company();
        const listed = team.list(people, ["101"]);
        expect(listed.map((one) => one.extension)).toEqual(["100", "103", "101", "102"]);
        expect(listed.filter((one) => one.favourite).map((one) => one.name)).toEqual(["bram"]);
        expect(listed.at(-1)?.sought).toContain("emile 102");
    });

    it("is not sorted again for a status, and only who changed is another", () => {
        const { people, team } = company();
        const before = team.list(people, []);
        const sorts = vi.spyOn(Intl, "Collator");
        people.set("101", { ...people.get("101")!, status: "lunch" });
        const after = team.list(people, []);
        expect(sorts).not.toHaveBeenCalled();
        expect(after.map((one) => one.status)).toEqual(["available", "available", "lunch", "available"]);
        expect(after.map((one, index) => one === before[index])).toEqual([true, true, false, true]);
        sorts.mockRestore();
    });

    it("has who is new in their place, and who is gone no more", () => {
        const { people, team } = company();
        people.delete("101");
        people.set("104", person("104", "Bea"));
        team.arrange(people.values(), "nl");
        expect(team.list(people, []).map((one) => one.name)).toEqual(["Anna", "Anna", "Bea", "Émile"]);
    });
});
