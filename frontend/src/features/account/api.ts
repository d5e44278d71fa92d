import { request } from "../../api/http";
import type { Answer, Body } from "../../api/types";

export const api = {
    saveMe: (patch: Body<"PATCH /me">) => request<Answer<"PATCH /me">>("PATCH", "me", patch),
    savePicture(file: File) {
        const form = new FormData();
        form.append("picture", file);
        return request<Answer<"POST /me/picture">>("POST", "me/picture", form);
    },
    deletePicture: () => request<Answer<"DELETE /me/picture">>("DELETE", "me/picture"),
};
