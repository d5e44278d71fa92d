import { request } from "../../api/http";
import type { Answer, Body } from "../../api/types";

const at = encodeURIComponent;

export const api = {
    setFavourite: (extension: string, on: boolean) =>
        request<string[]>(on ? "PUT" : "DELETE", `people/${at(extension)}/favourite`),
    setStatus: (standing: Body<"PUT /presence">) => request<Answer<"PUT /presence">>("PUT", "presence", standing),
};
