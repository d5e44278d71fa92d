// What the features put in the menu and the settings, in their order.

import { features } from "../features";
import type { MenuEntry, SettingsPage } from "../features/feature";
import type { Live } from "./live";

const ENTRIES = features.flatMap((feature) => feature.menu ?? []);
const PAGES = features.flatMap((feature) => feature.settings ?? []);

/** The entries of the menu for the person with this extension, or "" for one without. */
export function menuEntries(mine: string): MenuEntry[] {
    return ENTRIES.filter((entry) => mine || !entry.needsExtension);
}

/** The pages of the settings for this person. */
export function settingsPages(mine: string): SettingsPage[] {
    return PAGES.filter((page) => mine || !page.needsExtension);
}

/** The number for the window's title. */
export function titleCount(live: Live): number {
    return ENTRIES.reduce((sum, { badge }) => sum + (badge?.inTitle ? badge.count(live) : 0), 0);
}
