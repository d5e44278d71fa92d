// Each tab is a telephone of its own, and the same one after a reload.

const KEY = "kiestoon.device";
let held = 0;

/** The device that this tab had before; null for a new tab, and for a copy of a tab that still has it. */
export async function ownDeviceOf(): Promise<number | null> {
    const id = Number(sessionStorage.getItem(KEY));
    if (!id) return null;
    return id === held || (await hold(id)) ? id : null;
}

export async function keepDevice(id: number): Promise<void> {
    sessionStorage.setItem(KEY, String(id));
    if (id !== held) await hold(id);
}

/** Copying a tab copies its storage; a lock tells the copy that this device is in use. */
function hold(id: number): Promise<boolean> {
    // Over plain HTTP from another machine there are no locks, and no microphone either.
    if (!("locks" in navigator)) return Promise.resolve(true);
    return new Promise((resolve) => {
        void navigator.locks.request(`${KEY}.${id}`, { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            if (lock === null) return undefined;
            held = id;
            // Kept until the tab is gone.
            return new Promise<void>(() => undefined);
        });
    });
}
