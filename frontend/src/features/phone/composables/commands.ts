// What is asked of the exchange, and what is said when it does not do it.

import type { CallCommand } from "../../../api/types";
import { i18n } from "../../../i18n";
import { attempt as attemptIt } from "../../../lib/attempt";
import type { ActiveCall } from "../activeCalls";
import { api } from "../api";
import { useAudio } from "../stores/audio";

/** True when the exchange did it. */
export type Command = (call: ActiveCall, body: CallCommand) => Promise<boolean>;

export function useCommands() {
    const audio = useAudio();
    const { t } = i18n.global;

    /** As everywhere; when there is no microphone, what to do about it. */
    function attempt<Result>(what: () => Promise<Result>): Promise<Result | undefined> {
        const microphone = () => t(`phone.microphone.${audio.permission}`);
        return attemptIt(what, (error) => (error instanceof DOMException ? microphone() : ""));
    }

    async function command(call: ActiveCall, body: CallCommand): Promise<boolean> {
        return (await attempt(async () => (await api.command(call.id, body), true))) ?? false;
    }

    return { attempt, command };
}
