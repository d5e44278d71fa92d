import { request } from "../../api/http";
import type { Answer } from "../../api/types";

export const api = {
    messages: (before: number | null) =>
        request<Answer<"GET /voicemail">>("GET", `voicemail${before ? `?before=${before}` : ""}`),
    setHeard: (message: number) =>
        request<Answer<"PATCH /voicemail/{message_id}">>("PATCH", `voicemail/${message}`, { heard: true }),
    deleteMessage: (message: number) => request<undefined>("DELETE", `voicemail/${message}`),
};
