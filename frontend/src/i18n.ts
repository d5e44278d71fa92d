// Dutch and English: the shared texts and those of each feature. The catalogues have the same keys; a test sees to it.

import { createI18n } from "vue-i18n";

import { features } from "./features";
import { merged, type Catalogue } from "./lib/catalogue";
import en from "./locales/en.json";
import nl from "./locales/nl.json";

export const LANGUAGES = ["nl", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

function texts(language: Language): Catalogue {
    return merged([{ nl, en }[language], ...features.map((feature) => feature.locales[language])]);
}

export const i18n = createI18n({
    legacy: false,
    locale: document.documentElement.lang === "en" ? "en" : "nl",
    fallbackLocale: "en",
    messages: { nl: texts("nl"), en: texts("en") },
});

/** Speak this language from now on, the page's own element too. */
export function speak(language: Language): void {
    i18n.global.locale.value = language;
    document.documentElement.lang = language;
}
