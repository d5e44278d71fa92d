// Every request that the client makes, by its name.

import { request } from "./http";
import type { Answer, Body, CallCommand, LogEntry } from "./types";

export interface CallFilter {
    arrow: "" | LogEntry["arrow"];
    search: string;
    before: string;
}

const at = encodeURIComponent;

export const api = {
    me: () => request<Answer<"GET /me">>("GET", "me"),
    saveMe: (patch: Body<"PATCH /me">) => request<Answer<"PATCH /me">>("PATCH", "me", patch),
    savePicture(file: File) {
        const form = new FormData();
        form.append("picture", file);
        return request<Answer<"POST /me/picture">>("POST", "me/picture", form);
    },
    deletePicture: () => request<Answer<"DELETE /me/picture">>("DELETE", "me/picture"),
    snapshot: () => request<Answer<"GET /snapshot">>("GET", "snapshot"),

    credentials: (device: number | null) =>
        request<Answer<"POST /phone/credentials">>("POST", "phone/credentials", { device_id: device }),
    network: () => request<Answer<"GET /network">>("GET", "network"),
    devices: () => request<Answer<"GET /devices">>("GET", "devices"),
    setLight: (device: number, light: Body<"PUT /devices/{device_id}/light">) =>
        request<undefined>("PUT", `devices/${device}/light`, light),
    signOutDevice: (device: number) => request<undefined>("DELETE", `devices/${device}/registration`),

    dial: (number: string, device: number | "mobile") =>
        request<Answer<"POST /calls">>("POST", "calls", { number, device }),
    command: (call: string, command: CallCommand) =>
        request<Answer<"POST /calls/{call_id}/command">>("POST", `calls/${at(call)}/command`, command),
    calls(filter: CallFilter) {
        const given = Object.entries(filter).filter(([, value]) => value);
        return request<Answer<"GET /calls">>("GET", `calls?${new URLSearchParams(given as [string, string][])}`);
    },
    pickUp: (extension: string) => request<Answer<"POST /calls/pickup">>("POST", "calls/pickup", { extension }),
    simulate: (question: Body<"POST /simulate">) => request<Answer<"POST /simulate">>("POST", "simulate", question),
    seen: () => request<undefined>("POST", "calls/seen"),
    forget: (call: string) => request<undefined>("DELETE", `calls/${at(call)}`),
    story: (call: string) => request<Answer<"GET /calls/{call_id}/story">>("GET", `calls/${at(call)}/story`),

    setFavourite: (extension: string, on: boolean) =>
        request<string[]>(on ? "PUT" : "DELETE", `people/${at(extension)}/favourite`),
    setStatus: (standing: Body<"PUT /presence">) => request<Answer<"PUT /presence">>("PUT", "presence", standing),
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

    messages: (before: number | null) =>
        request<Answer<"GET /voicemail">>("GET", `voicemail${before ? `?before=${before}` : ""}`),
    setHeard: (message: number) =>
        request<Answer<"PATCH /voicemail/{message_id}">>("PATCH", `voicemail/${message}`, { heard: true }),
    deleteMessage: (message: number) => request<undefined>("DELETE", `voicemail/${message}`),
};
