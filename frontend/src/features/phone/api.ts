import { request } from "../../api/http";
import type { Answer, Body, CallCommand } from "../../api/types";

const at = encodeURIComponent;

export const api = {
    credentials: (device: number | null) =>
        request<Answer<"POST /phone/credentials">>("POST", "phone/credentials", { device_id: device }),
    network: () => request<Answer<"GET /network">>("GET", "network"),
    setLight: (device: number, light: Body<"PUT /devices/{device_id}/light">) =>
        request<undefined>("PUT", `devices/${device}/light`, light),
    dial: (number: string, device: number | "mobile") =>
        request<Answer<"POST /calls">>("POST", "calls", { number, device }),
    command: (call: string, command: CallCommand) =>
        request<Answer<"POST /calls/{call_id}/command">>("POST", `calls/${at(call)}/command`, command),
    pickUp: (extension: string) => request<Answer<"POST /calls/pickup">>("POST", "calls/pickup", { extension }),
    /** The last calls, newest first. */
    recent: () => request<Answer<"GET /calls">>("GET", "calls"),
};
