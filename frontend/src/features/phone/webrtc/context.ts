// One AudioContext for the page. Browsers keep it silent until somebody clicks or types.

let shared: AudioContext | null = null;

export function context(): AudioContext {
    shared ??= new AudioContext();
    return shared;
}

/** Whether sound may be played without a click first. */
export function audioUnlocked(): boolean {
    return context().state === "running";
}

/** Try to be allowed; works inside a click or a key press. */
export function unlockAudio(): void {
    if (context().state === "suspended")
        void context()
            .resume()
            .catch(() => undefined);
}

/** Call `changed` now and whenever sound becomes allowed or not. */
export function watchAudio(changed: (unlocked: boolean) => void): void {
    context().addEventListener("statechange", () => changed(audioUnlocked()));
    for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, unlockAudio, { capture: true });
    changed(audioUnlocked());
}
