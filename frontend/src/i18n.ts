// Dutch and English. The catalogues have the same keys; a test sees to it.

import { createI18n } from "vue-i18n";

import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const LANGUAGES = ["nl", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export const i18n = createI18n<[typeof nl], Language, false>({
    legacy: false,
    locale: document.documentElement.lang === "en" ? "en" : "nl",
    fallbackLocale: "en",
    messages: { nl, en },
});

/** Speak this language from now on, the page's own element too. */
export function speak(language: Language): void {
    i18n.global.locale.value = language;
    document.documentElement.lang = language;
}
