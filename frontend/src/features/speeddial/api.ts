import { request } from "../../api/http";
import type { Answer, SpeedDialEntry } from "../../api/types";

export const api = {
    save: ({ position, number, label }: SpeedDialEntry) =>
        request<Answer<"PUT /speed-dials/{position}">>("PUT", `speed-dials/${position}`, { number, label }),
    remove: (position: number) => request<undefined>("DELETE", `speed-dials/${position}`),
};
