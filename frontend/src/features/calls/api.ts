import { request } from "../../api/http";
import type { Answer, LogEntry } from "../../api/types";

export interface CallFilter {
    arrow: "" | LogEntry["arrow"];
    search: string;
    before: string;
}

const at = encodeURIComponent;

export const api = {
    calls(filter: CallFilter) {
        const given = Object.entries(filter).filter(([, value]) => value);
        return request<Answer<"GET /calls">>("GET", `calls?${new URLSearchParams(given as [string, string][])}`);
    },
    seen: () => request<undefined>("POST", "calls/seen"),
    forget: (call: string) => request<undefined>("DELETE", `calls/${at(call)}`),
    story: (call: string) => request<Answer<"GET /calls/{call_id}/story">>("GET", `calls/${at(call)}/story`),
};
