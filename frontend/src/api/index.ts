// The requests that are of no feature: who we are, and everything as it is now. Features have their own (api.ts).

import { request } from "./http";
import type { Answer } from "./types";

export const api = {
    me: () => request<Answer<"GET /me">>("GET", "me"),
    snapshot: () => request<Answer<"GET /snapshot">>("GET", "snapshot"),
    devices: () => request<Answer<"GET /devices">>("GET", "devices"),
};
