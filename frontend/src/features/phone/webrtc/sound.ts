// The sound of one call in this browser: one JsSIP session with its microphone and its loudspeaker.

import type { RTCSession } from "jssip/lib/RTCSession";

import { readQuality, SILENT, type Quality } from "./quality";
import { route } from "./tones";

export type SoundState = "ringing" | "calling" | "talking" | "ended";

const KEY_MS = 160;
const LOST_AFTER = 2500; // ms without a way for the sound before it is called lost

export class Sound {
    state: SoundState;
    /** The other side rings (180) or plays something (183). */
    progress: "none" | "ringing" | "media" = "none";
    muted = false;
    /** The way of the sound is cut: the network went away under the call. */
    lost = false;
    quality: Quality = SILENT;
    changed: () => void = () => undefined;
    speaker: () => string = () => "";
    /** The microphone was unplugged, or somebody took it away. */
    unplugged: () => void = () => undefined;
    private microphone: MediaStream | null = null;
    private readonly ear = new Audio();
    private lostTimer = 0;

    constructor(
        readonly id: string,
        readonly session: RTCSession,
        readonly outgoing: boolean,
        readonly number: string,
        readonly name: string,
    ) {
        this.state = outgoing ? "calling" : "ringing";
        this.ear.autoplay = true;
        session.on("progress", (event: unknown) => {
            const response = (event as { response?: { status_code: number; body?: string } }).response;
            if (!outgoing || this.state !== "calling") return;
            this.progress = response?.body ? "media" : "ringing";
            this.changed();
        });
        const talking = () => {
            this.state = "talking";
            this.changed();
        };
        session.on("accepted", talking);
        session.on("confirmed", talking);
        session.on("peerconnection", ({ peerconnection }) => this.connect(peerconnection));
        // The connection of a call that we make is there before anybody can ask to hear of it.
        if (session.connection) this.connect(session.connection);
        this.guard();
    }

    get over(): boolean {
        return this.state === "ended" || this.session.isEnded();
    }

    take(microphone: MediaStream): void {
        this.microphone = microphone;
        microphone.getAudioTracks()[0]?.addEventListener("ended", () => {
            if (microphone === this.microphone) this.unplugged();
        });
    }

    /** The microphone is gone: nothing that is said here arrives. */
    get voiceless(): boolean {
        return this.microphone?.getAudioTracks()[0]?.readyState === "ended";
    }

    mute(on: boolean): void {
        if (on) this.session.mute({ audio: true });
        else this.session.unmute({ audio: true });
        this.muted = on;
        this.changed();
    }

    press(keys: string): void {
        // RFC 4733: keys travel in the sound's stream, so every menu hears them.
        this.session.sendDTMF(keys, { duration: KEY_MS, interToneGap: 80, transportType: "RFC2833" as never });
    }

    /** Hang up, or refuse with a SIP status. */
    end(code?: number): void {
        if (this.over) return;
        this.session.terminate(code && this.state === "ringing" ? { status_code: code } : undefined);
    }

    /** The page is about to go, and comes back: the exchange keeps the call for it (Reason, RFC 3326). */
    leave(): void {
        if (this.state === "talking") this.session.terminate({ extraHeaders: ['Reason: Kiestoon;text="reload"'] });
    }

    async replaceMicrophone(stream: MediaStream): Promise<void> {
        const [track] = stream.getAudioTracks();
        const sender = this.session.connection?.getSenders().find((one) => one.track?.kind === "audio");
        if (!track || !sender || this.over) return stream.getTracks().forEach((one) => one.stop());
        track.enabled = !this.muted;
        await sender.replaceTrack(track);
        this.letGo();
        this.take(stream);
    }

    useSpeaker(): void {
        void route(this.ear, this.speaker());
    }

    /** Whether sound finds its way to the relay and back (RFC 8445). */
    get connected(): boolean {
        return ["connected", "completed"].includes(this.session.connection?.iceConnectionState ?? "");
    }

    async measure(): Promise<Quality> {
        const report = await this.session.connection?.getStats();
        if (report) this.quality = readQuality([...report.values()], this.quality);
        return this.quality;
    }

    close(): void {
        this.state = "ended";
        window.clearTimeout(this.lostTimer);
        this.ear.srcObject = null;
        this.letGo();
    }

    private letGo(): void {
        this.microphone?.getTracks().forEach((track) => track.stop());
        this.microphone = null;
    }

    private connect(connection: RTCPeerConnection): void {
        connection.addEventListener("track", ({ track }) => {
            this.ear.srcObject = new MediaStream([track]);
            this.useSpeaker();
            void this.ear.play().catch(() => undefined);
        });
        connection.addEventListener("connectionstatechange", () => {
            window.clearTimeout(this.lostTimer);
            const state = connection.connectionState;
            if (state === "connected") this.setLost(false);
            if (state === "failed") this.setLost(true);
            if (state === "disconnected") this.lostTimer = window.setTimeout(() => this.setLost(true), LOST_AFTER);
        });
    }

    private setLost(lost: boolean): void {
        if (lost === this.lost) return;
        this.lost = lost;
        this.changed();
    }

    /** JsSIP hangs up when the network fails; the exchange would keep the call for us, so here it does not. */
    private guard(): void {
        const terminate = this.session.terminate.bind(this.session);
        this.session.terminate = (options) => {
            if (options?.cause === "RTP Timeout") this.setLost(true);
            else terminate(options);
        };
    }
}
