// The dial box at the top right: what is typed in it, and by which telephone to call.

import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";

import { i18n } from "../../../i18n";
import { useLive } from "../../../stores/live";
import { usePhone } from "./phone";

const KEY = "kiestoon.dial-by";
const SLASH = "kiestoon.slash";

export interface Way {
    /** "browser", "mobile" or the id of a device. */
    value: string;
    label: string;
}

export const useDialer = defineStore("dialer", () => {
    const live = useLive();
    const phone = usePhone();
    const open = ref(false);
    const query = ref("");
    const wish = ref(localStorage.getItem(KEY) ?? "browser");

    const ways = computed<Way[]>(() => {
        const { t } = i18n.global;
        const devices = live.devices.filter((one) => one.kind !== "browser" && live.state.registered.has(one.id));
        return [
            { value: "browser", label: t("dial.browser") },
            ...devices.map((one) => ({ value: String(one.id), label: one.label || t(`device.${one.kind}`) })),
            ...(live.me?.mobile ? [{ value: "mobile", label: t("dial.mobile") }] : []),
        ];
    });
    /** What was chosen last, as long as it is there. */
    const by = computed({
        get: () => (ways.value.some((way) => way.value === wish.value) ? wish.value : "browser"),
        set: (value) => (wish.value = value),
    });
    /** The key that opens the box may be wanted for something else, such as speaking to the computer. */
    const slash = ref(localStorage.getItem(SLASH) !== "off");
    watch(slash, (on) => localStorage.setItem(SLASH, on ? "on" : "off"));
    watch(wish, (value) => localStorage.setItem(KEY, value));

    function prepare(number: string): void {
        query.value = number;
        open.value = true;
    }

    async function call(number: string): Promise<void> {
        if (!number) return;
        const way = by.value === "browser" || by.value === "mobile" ? by.value : Number(by.value);
        if (await phone.dial(number, way)) {
            open.value = false;
            query.value = "";
        }
    }

    return { open, query, slash, by, ways, prepare, call };
});
