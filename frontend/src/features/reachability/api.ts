import { request } from "../../api/http";
import type { Answer, Body } from "../../api/types";

export const api = {
    hours: () => request<Answer<"GET /presence/hours">>("GET", "presence/hours"),
    saveHours: (hours: Body<"PUT /presence/hours">) =>
        request<Answer<"PUT /presence/hours">>("PUT", "presence/hours", hours),
    reachability: () => request<Answer<"GET /forwarding">>("GET", "forwarding"),
    saveRules: (rules: Body<"PUT /forwarding/rules">["rules"]) =>
        request<Answer<"PUT /forwarding/rules">>("PUT", "forwarding/rules", { rules }),
    saveOptions: (options: Body<"PATCH /forwarding/options">) =>
        request<Answer<"PATCH /forwarding/options">>("PATCH", "forwarding/options", options),
    saveExceptions: (exceptions: Body<"PUT /forwarding/exceptions">["exceptions"]) =>
        request<Answer<"PUT /forwarding/exceptions">>("PUT", "forwarding/exceptions", { exceptions }),
    simulate: (question: Body<"POST /simulate">) => request<Answer<"POST /simulate">>("POST", "simulate", question),
};
