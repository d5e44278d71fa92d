import { ApiError } from "../api/http";
import { i18n } from "../i18n";
import { useToasts } from "../stores/toasts";

/** Do it, and show what went wrong, in the exchange's own words if it had any; `undefined` then. */
export async function attempt<Result>(
    what: () => Promise<Result>,
    wordsFor: (error: unknown) => string = () => "",
): Promise<Result | undefined> {
    const { t } = i18n.global;
    try {
        return await what();
    } catch (error) {
        const refused = error instanceof ApiError ? error.message || t("error.unreachable") : "";
        useToasts().error(wordsFor(error) || refused || t("error.unexpected"));
        return undefined;
    }
}
