import type { LivePart } from "../feature";

declare module "../../lib/live" {
    interface Live {
        voicemail: { new: number; old: number };
    }
}

export const live: LivePart = {
    empty: () => ({ voicemail: { new: 0, old: 0 } }),
    fill(live, snapshot) {
        live.voicemail = snapshot.voicemail;
    },
    apply: {
        mailbox(live, event, mine) {
            if (event.extension === mine) live.voicemail = { new: event.new, old: event.old };
        },
    },
};
