// What a feature hands in to the client, by one page: its `index.ts`. `features/index.ts` lists them.

import type { Component } from "vue";
import type { RouteRecordRaw } from "vue-router";

import type { Event, Snapshot } from "../api/types";
import type { Language } from "../i18n";
import type { Catalogue } from "../lib/catalogue";
import type { Live } from "../lib/live";

/** Loads a page when it is first opened. The page that hands it in is read before anything is shown. */
type Lazy = () => Promise<{ default: Component }>;

/** A number beside a menu entry, such as that of new messages. */
export interface Badge {
    count(live: Live): number;
    /** Key of the text that says it whole, with `{n}`. */
    label: string;
    /** Whether the window's title says the number too. */
    inTitle?: boolean;
}

export interface MenuEntry {
    /** Name of the route that it leads to. */
    route: string;
    /** Key of its text. */
    label: string;
    /** With an icon it stands in the menu itself, without one under "More". */
    icon?: Component;
    badge?: Badge;
    /** Only for people who have an extension. */
    needsExtension?: boolean;
}

/** A tab of the settings: a route of this name below /settings, and an entry under "More". */
export interface SettingsPage {
    name: string;
    label: string;
    component: Lazy;
    needsExtension?: boolean;
}

/** How each kind of event changes what is known; `mine` is our own extension. Twice must be the same as once. */
export type Appliers = {
    [Kind in Event["kind"]]?: (live: Live, event: Extract<Event, { kind: Kind }>, mine: string) => void;
};

/** The feature's part of what is known of the exchange. It adds its fields to `Live` by `declare module`. */
export interface LivePart {
    /** What is known before the first snapshot. */
    empty(): Partial<Live>;
    /** What a snapshot says, in place of what was known. */
    fill(live: Live, snapshot: Snapshot): void;
    apply: Appliers;
}

export interface Feature {
    /** The name of its folder. */
    name: string;
    /** Its pages. Each route has a name, and the text `page.<name>` is the window's title. */
    routes?: RouteRecordRaw[];
    menu?: MenuEntry;
    settings?: SettingsPage[];
    live?: LivePart;
    /** Its own texts; a key of another feature or of the shared ones is refused. */
    locales: Record<Language, Catalogue>;
}
