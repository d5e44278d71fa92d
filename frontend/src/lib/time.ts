// Moments and durations as a person reads them.

/** 4:05, or 1:02:09 past an hour. */
export function clock(seconds: number): string {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (value: number) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Today: the time; this week: weekday and time; else the date as well. */
export function moment(when: Date, language: string, now = new Date()): string {
    const locale = language.includes("-") ? language : regional(language);
    const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
    const days = Math.round((midnight(now) - midnight(when)) / 86_400_000);
    if (days === 0) return new Intl.DateTimeFormat(locale, time).format(when);
    if (days > 0 && days < 7) return new Intl.DateTimeFormat(locale, { weekday: "short", ...time }).format(when);
    const year = when.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
    return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...year, ...time }).format(when);
}

/** The value of an `<input type="datetime-local">` for a moment, in the browser's own time zone. */
export function localInput(when: Date): string {
    const shifted = new Date(when.getTime() - when.getTimezoneOffset() * 60_000);
    return shifted.toISOString().slice(0, 16);
}

function midnight(when: Date): number {
    return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}

/** The client's language as this person's region writes it: who reads English need not be American. */
export function regional(language: string, wished: readonly string[] = navigator.languages): string {
    return wished.find((one) => one.startsWith(`${language}-`)) ?? (language === "en" ? "en-GB" : language);
}
