// The exchange as it is now: a snapshot, then events over one socket, and after a cut what was missed.

import { defineStore } from "pinia";
import { computed, ref, shallowReactive, watch } from "vue";

import { api } from "../api";
import { ApiError } from "../api/http";
import type { DeviceInfo, Event, Me, Snapshot, SocketMessage } from "../api/types";
import { Backoff } from "../lib/backoff";
import { apply, fill, nothing, type Live } from "../lib/live";
import { Team } from "../lib/team";
import type { Person } from "../model";

/** `cut`: what is shown may be old. */
export type Connection = "loading" | "live" | "cut";

const BEAT = 500; // ms between two looks at the connection: what follows takes no longer than it says
const QUIET = 5000; // ms without a word from the exchange before it is asked for one
const ANSWER = 4000; // ms that it has for that; a network that went away does not say so
const OPENING = 12_000; // ms for a new connection: a restart is followed by 1,000 clients
const SIGN_IN = "/";

export const useLive = defineStore("live", () => {
    const connection = ref<Connection>("loading");
    const me = ref<Me | null>(null);
    const devices = ref<DeviceInfo[]>([]);
    const state = reactiveParts(nothing());
    const listeners = new Set<(event: Event) => void>();
    const backoff = new Backoff();
    const team = new Team();
    /** How often the team was put in order. */
    const arranged = ref(0);
    let socket: WebSocket | null = null;
    let since = "";
    let began = 0;
    let heard = 0;
    let asked = 0;
    let retry = 0;

    const mine = computed(() => me.value?.extension ?? "");
    const people = computed<Person[]>(() => {
        void arranged.value;
        return team.list(state.people, state.favourites);
    });
    const byExtension = computed(() => new Map(people.value.map((person) => [person.extension, person])));
    const self = computed(() => byExtension.value.get(mine.value) ?? null);

    function arrange(): void {
        team.arrange(state.people.values(), me.value?.user.language ?? "nl");
        arranged.value += 1;
    }
    watch(() => me.value?.user.language, arrange);

    /** Load everything and stay up to date until the page is closed. */
    async function start(): Promise<void> {
        window.addEventListener("online", () => connect());
        window.addEventListener("offline", cut);
        window.setInterval(beat, BEAT);
        await load();
    }

    async function load(): Promise<void> {
        const before = since;
        try {
            take(await api.snapshot());
        } catch (error) {
            if (shutOut(error)) return leave();
            return again(load);
        }
        // Lists that are no part of a snapshot are read again by who shows them.
        if (before) listeners.forEach((listener) => listener({ kind: "reload" }));
        connect();
    }

    function take(snapshot: Snapshot): void {
        me.value = snapshot.me;
        devices.value = snapshot.devices;
        fill(state, snapshot);
        arrange();
        since = snapshot.event_id;
    }

    function connect(): void {
        window.clearTimeout(retry);
        if (!since) return void load();
        socket?.close();
        const address = new URL(`/ws/client/?since=${encodeURIComponent(since)}`, location.href);
        address.protocol = address.protocol.replace("http", "ws");
        const fresh = new WebSocket(address);
        socket = fresh;
        began = Date.now();
        heard = asked = 0;
        let welcome = false;
        fresh.addEventListener("message", ({ data }) => {
            welcome = true;
            if (fresh === socket) receive(JSON.parse(String(data)) as SocketMessage);
        });
        fresh.addEventListener("close", () => {
            if (fresh !== socket) return;
            socket = null;
            cut();
            again(welcome ? connect : knock);
        });
    }

    /** Nothing was heard on the last socket: is the exchange away, or are we signed out? */
    async function knock(): Promise<void> {
        try {
            await api.me();
        } catch (error) {
            if (shutOut(error)) return leave();
        }
        connect();
    }

    function receive(message: SocketMessage): void {
        heard = Date.now();
        backoff.reset();
        // What is shown is old until the snapshot is there.
        if (message.events.some((event) => event.kind === "reload")) return void load();
        connection.value = "live";
        if (message.id) since = message.id;
        for (const event of message.events) {
            if (event.kind === "bye") return leave();
            if (event.kind === "profile" && me.value) {
                const { name, language, theme, picture, mobile } = event;
                me.value = { ...me.value, mobile, user: { ...me.value.user, name, language, theme, picture } };
            }
            apply(state, event, mine.value);
            if (
                event.kind === "registration" &&
                event.devices.some((id) => !devices.value.some((one) => one.id === id))
            ) {
                void refreshDevices();
            }
            listeners.forEach((listener) => listener(event));
        }
        if (message.events.some((event) => event.kind === "person")) arrange();
    }

    /** A device of ours that we had not heard of: another tab, a new telephone. */
    async function refreshDevices(): Promise<void> {
        try {
            devices.value = await api.devices();
        } catch {
            // Its name is shown a little later.
        }
    }

    /** A connection that died without saying so is found by its silence. */
    function beat(): void {
        if (!socket) return;
        const now = Date.now();
        const late = heard ? asked > heard && now - asked > ANSWER : now - began > OPENING;
        if (late) {
            socket.close();
            socket = null;
            again(connect);
        } else if (heard && asked <= heard && now - heard > QUIET && socket.readyState === WebSocket.OPEN) {
            asked = now;
            socket.send("ping");
        }
    }

    function cut(): void {
        if (connection.value === "live") connection.value = "cut";
    }

    function again(what: () => unknown): void {
        connection.value = "cut";
        window.clearTimeout(retry);
        retry = window.setTimeout(() => void what(), backoff.next());
    }

    /** Hear of every event; the answer ends it. */
    function listen(listener: (event: Event) => void): () => void {
        listeners.add(listener);
        return () => listeners.delete(listener);
    }

    function leave(): void {
        socket?.close();
        socket = null;
        location.assign(SIGN_IN);
    }

    return { connection, me, devices, state, mine, self, people, byExtension, start, listen, leave };
});

/** Maps and sets tell of each entry that changes, everything else of itself. */
function reactiveParts(live: Live): Live {
    const parts = Object.entries(live).map(([name, value]: [string, unknown]) => {
        return [name, value instanceof Map || value instanceof Set ? shallowReactive(value) : value];
    });
    return shallowReactive(Object.fromEntries(parts) as Live);
}

/** Signed out, or something has to be done first, such as making a second factor: the page at "/" leads there. */
function shutOut(error: unknown): boolean {
    return error instanceof ApiError && (error.status === 401 || error.status === 403);
}
