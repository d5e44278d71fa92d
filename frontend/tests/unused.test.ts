import { describe, expect, it } from "vitest";

import { withoutUnused } from "../build/unused";

const known = new Set(["card", "btn", "active"]);
const left = (css: string) => withoutUnused(css, known).replace(/\s+/g, " ").trim();

describe("the stylesheet that is built", () => {
    it("keeps what our components name, and what is about elements", () => {
        expect(left(".card{a:b} body{c:d} .btn.active:hover{e:f}")).toBe(
            ".card{a:b} body{c:d} .btn.active:hover{e:f}",
        );
    });

    it("leaves out what they do not, selector by selector", () => {
        expect(left(".carousel{a:b} .card,.modal .card{c:d}")).toBe(".card{c:d}");
        expect(left("@media print{.carousel{a:b}}")).toBe("");
    });

    it("asks nothing of what must not be there", () => {
        expect(left(".btn:not(.disabled){a:b}")).toBe(".btn:not(.disabled){a:b}");
    });

    it("keeps the colours of faces and the steps of animations", () => {
        expect(left(".bg-teal-lt{a:b} @keyframes spin{to{c:d}}")).toBe(".bg-teal-lt{a:b} @keyframes spin{to{c:d}}");
    });
});
