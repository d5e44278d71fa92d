import { api as exchange } from "../../api";
import { request } from "../../api/http";

export const api = {
    devices: exchange.devices,
    signOutDevice: (device: number) => request<undefined>("DELETE", `devices/${device}/registration`),
};
