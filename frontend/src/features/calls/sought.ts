// The list of calls: whether one that has just been logged belongs in it.

import type { LogEntry } from "../../model";

/** Whether a call is among those that are looked for, as the exchange finds them (telephony/api/log.py). */
export function sought(text: string, call: LogEntry): boolean {
    const wanted = text.trim().toLowerCase();
    const digits = wanted.replace(/\D/g, "");
    return (
        call.name.toLowerCase().includes(wanted) ||
        call.number.toLowerCase().includes(wanted) ||
        // However it is written: 020-123 finds +3120123…
        (digits.length > 2 && call.number.includes(digits.replace(/^0+/, "")))
    );
}
