// What the keyboard does besides what browsers make of it.

/** Answers the call that rings. It is no character, so it works while one types, too. */
export const ANSWER = "F2";
/** Opens the dial box. A single character: never while one types, and it can be switched off (WCAG 2.1.4). */
export const DIAL = "/";

const TEXT = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";

/** Whether what is pressed there is text. */
export function typing(target: EventTarget | null): boolean {
    return target instanceof Element && target.closest(TEXT) !== null;
}

export function plain(event: KeyboardEvent): boolean {
    return !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Whether nothing on the page has the focus, or what had it is gone. */
export function nowhere(): boolean {
    return !document.activeElement || document.activeElement === document.body;
}
