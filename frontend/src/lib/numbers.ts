// Telephone numbers as people type, paste and link them.

const DIAL_CHARACTERS = /[^0-9*#+]/g;

/** True when the text holds a number rather than a name: digits with the usual punctuation around them. */
export function looksLikeNumber(text: string): boolean {
    const bare = stripScheme(text);
    return (
        /[0-9*]/.test(bare) && /^[+*#0-9][0-9*#\s().\-/·\u00a0\u2010-\u2015]*$/.test(bare.replace(/^\((?=\+|0)/, ""))
    );
}

/**
 * What to dial for any way of writing a number: `tel:+31-20-123` (RFC 3966), `sip:101@host` (RFC 3261 §19.1),
 * `+31 (0)20 123 45 67`, `020-123 45 67`. Empty when there is no number in it.
 */
export function dialable(text: string): string {
    const bare = stripScheme(text);
    if (!looksLikeNumber(bare)) return "";
    // The (0) after a country code is only dialled without that code.
    const international = /^\(?(\+|00)/.test(bare);
    const plain = international ? bare.replace(/\(0\)/g, "") : bare;
    const dialled = plain.replace(DIAL_CHARACTERS, "");
    return dialled.charAt(0) + dialled.slice(1).replace(/\+/g, "");
}

/** The part of a tel:, callto: or sip: address that is dialled; other text without its outer blanks. */
export function stripScheme(text: string): string {
    const trimmed = text.trim();
    const link = /^(tel|callto|sips?):(?:\/\/)?([^;?]*)/i.exec(trimmed);
    if (!link) return trimmed;
    let user = link[2] ?? "";
    if (/^sip/i.test(link[1] ?? "")) user = user.split("@")[0] ?? "";
    try {
        return decodeURIComponent(user).trim();
    } catch {
        return user.trim();
    }
}
