// Requests to the API: the session's cookie says who asks, the CSRF token that our own page asks.

/** What went wrong, in words that can be shown. `fields` holds a sentence for each field of a form. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        message: string,
        readonly fields: Record<string, string> = {},
    ) {
        super(message);
    }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const BASE = "/api/v1/";
const TIMEOUT = 15_000; // ms

export function csrfToken(): string {
    return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** Send a request. Raises ApiError; status 0 means that the exchange was not reached. */
export async function request<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
    const form = body instanceof FormData;
    let response: Response;
    try {
        response = await fetch(BASE + path, {
            method,
            credentials: "same-origin",
            headers: {
                Accept: "application/json",
                "Accept-Language": document.documentElement.lang,
                ...(method === "GET" ? {} : { "X-CSRFToken": csrfToken() }),
                ...(body === undefined || form ? {} : { "Content-Type": "application/json" }),
            },
            body: body === undefined ? null : form ? body : JSON.stringify(body),
            signal: AbortSignal.timeout(TIMEOUT),
        });
    } catch {
        throw new ApiError(0, "");
    }
    if (response.status === 204) return undefined as Answer;
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw explained(response.status, answer);
    return answer as Answer;
}

/** django-ninja's two shapes of refusal: {"detail": "sentence"} and {"detail": [{"loc": [...], "msg": …}]}. */
export function explained(status: number, answer: unknown): ApiError {
    const detail = (answer as { detail?: unknown } | null)?.detail;
    if (typeof detail === "string") return new ApiError(status, detail);
    const fields: Record<string, string> = {};
    if (Array.isArray(detail)) {
        for (const item of detail as { loc?: unknown[]; msg?: unknown; field?: unknown; message?: unknown }[]) {
            const name = String(item.field ?? item.loc?.at(-1) ?? "");
            fields[name] = String(item.msg ?? item.message ?? "");
        }
    } else if (detail && typeof detail === "object") {
        for (const [name, value] of Object.entries(detail)) {
            fields[name] = Array.isArray(value) ? value.join(" ") : String(value);
        }
    }
    return new ApiError(status, Object.values(fields)[0] ?? "", fields);
}
