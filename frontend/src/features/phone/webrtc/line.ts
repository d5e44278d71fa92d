// This browser as a SIP device: JsSIP over the exchange's WebSocket (RFC 7118), sound by WebRTC.
//
// The exchange owns the calls; what lives here is only this browser's leg of each, known by its SIP Call-ID.

import JsSIP from "jssip";
import type { EndEvent, RTCSession } from "jssip/lib/RTCSession";
import type { RTCSessionEvent, UA } from "jssip/lib/UA";

import { withOneKeyFormat } from "./sdp";
import { Sound } from "./sound";
import { Wire } from "./wire";

/** What the API lends this browser for a while. */
export interface Credentials {
    username: string;
    password: string;
    uri: string;
    realm: string;
    socketUrl: string;
    /** Seconds until they are of no use any more. */
    seconds: number;
}

export type LineState = "off" | "connecting" | "connected" | "registered" | "refused";

export interface LineOwner {
    credentials(): Promise<Credentials>;
    microphone(): Promise<MediaStream>;
    /** Output device for voices. */
    speaker(): string;
    moved(state: LineState): void;
    added(sound: Sound): void;
    changed(sound: Sound): void;
    /** Its microphone was unplugged. */
    unplugged(sound: Sound): void;
    removed(sound: Sound, cause: string, code: number): void;
}

interface SessionEvent {
    originator: string;
    session: RTCSession;
    request: { call_id: string; from: Address; to: Address };
}
interface Address {
    uri: { user: string };
    display_name?: string;
}

const REGISTER_SECONDS = 90;
const RENEW_BEFORE = 60; // seconds before the credentials end
const ANSWER = 4000; // ms that the exchange has to answer when there is doubt
const AGAIN = [1, 2, 4, 8, 15]; // seconds between attempts to get credentials
// The relay's own addresses are in its SDP; there is nothing to ask a STUN server.
const CONNECTION: RTCConfiguration = { iceServers: [] };

export class Line {
    state: LineState = "off";
    readonly sounds = new Map<string, Sound>();
    private agent: UA | null = null;
    private wire: Wire | null = null;
    private realm = "";
    private renewal = 0;
    private doubt = 0;
    private failures = 0;
    /** Of the call that is just being made. */
    private microphone: MediaStream | null = null;

    constructor(private readonly owner: LineOwner) {}

    /** Get credentials and register; goes on trying until `stop`. */
    async start(): Promise<void> {
        this.stop();
        this.move("connecting");
        let lent: Credentials;
        try {
            lent = await this.owner.credentials();
        } catch {
            this.again();
            return;
        }
        this.realm = lent.realm;
        this.wire = new Wire(lent.socketUrl);
        this.agent = new JsSIP.UA({
            sockets: [this.wire],
            uri: lent.uri,
            authorization_user: lent.username,
            password: lent.password,
            register_expires: REGISTER_SECONDS,
            connection_recovery_min_interval: 1,
            connection_recovery_max_interval: 8,
            // The exchange looks after its calls itself, and a refresh would disturb a hold.
            session_timers: false,
            user_agent: "Kiestoon web client",
        }) as unknown as UA;
        this.listen(this.agent);
        this.agent.start();
        this.renewal = window.setTimeout(() => void this.renew(), Math.max(30, lent.seconds - RENEW_BEFORE) * 1000);
    }

    /** Leave the exchange; running calls end here. */
    stop(): void {
        window.clearTimeout(this.renewal);
        window.clearTimeout(this.doubt);
        this.agent?.stop();
        this.agent?.removeAllListeners();
        this.agent = null;
        this.move("off");
    }

    /** The network was away: does the line still lead to the exchange? If not, there is a new one soon. */
    check(): void {
        const { agent, wire } = this;
        if (!agent || !wire) return;
        const asked = Date.now();
        if (agent.isConnected()) agent.register();
        window.clearTimeout(this.doubt);
        this.doubt = window.setTimeout(() => {
            const waits = wire.isConnected() || wire.isConnecting();
            if (wire === this.wire && waits && wire.heard < asked) wire.drop();
        }, ANSWER);
    }

    /** Dial; the sound that is made of it. Raises DOMException when there is no microphone. */
    async call(number: string, headers: string[] = []): Promise<void> {
        if (!this.agent) throw new Error("no line");
        const mediaStream = await this.owner.microphone();
        const { agent } = this;
        if (!agent) {
            // The line was left while the person was asked for the microphone.
            mediaStream.getTracks().forEach((track) => track.stop());
            throw new Error("no line");
        }
        this.microphone = mediaStream;
        agent.call(`sip:${encodeURIComponent(number).replace(/%2B/gi, "+")}@${this.realm}`, {
            mediaStream,
            pcConfig: CONNECTION,
            extraHeaders: headers,
        });
    }

    async answer(sound: Sound): Promise<void> {
        const mediaStream = await this.owner.microphone();
        if (sound.over) {
            mediaStream.getTracks().forEach((track) => track.stop());
            return;
        }
        sound.take(mediaStream);
        sound.session.answer({ mediaStream, pcConfig: CONNECTION });
    }

    /** Put another microphone into every running call, or only where the one that was there is gone. */
    async changeMicrophone(where: "everywhere" | "voiceless"): Promise<void> {
        for (const sound of this.sounds.values()) {
            if (sound.over || (where === "voiceless" && !sound.voiceless)) continue;
            if (sound.state !== "ringing") await sound.replaceMicrophone(await this.owner.microphone());
        }
    }

    private async renew(): Promise<void> {
        try {
            const lent = await this.owner.credentials();
            this.agent?.set("authorization_user", lent.username);
            this.agent?.set("password", lent.password);
            this.failures = 0;
            if (this.state !== "registered") this.agent?.register();
            this.renewal = window.setTimeout(
                () => void this.renew(),
                Math.max(30, lent.seconds - RENEW_BEFORE) * 1000,
            );
        } catch {
            this.renewal = window.setTimeout(() => void this.renew(), this.pause());
        }
    }

    private again(): void {
        this.renewal = window.setTimeout(() => void this.start(), this.pause());
    }

    private pause(): number {
        const seconds = AGAIN[Math.min(this.failures, AGAIN.length - 1)] ?? 15;
        this.failures += 1;
        return seconds * 1000;
    }

    private listen(agent: UA): void {
        agent.on("connecting", () => this.move("connecting"));
        agent.on("connected", () => this.move("connected"));
        agent.on("disconnected", () => this.move("connecting"));
        agent.on("registered", () => {
            this.failures = 0;
            this.move("registered");
        });
        agent.on("unregistered", () => this.move(agent.isConnected() ? "connected" : "connecting"));
        agent.on("registrationFailed", ({ response }) => {
            const code = (response as { status_code?: number } | null)?.status_code ?? 0;
            this.move(code === 401 || code === 403 ? "refused" : "connected");
            window.clearTimeout(this.renewal);
            this.renewal = window.setTimeout(() => void this.renew(), this.pause());
        });
        agent.on("newRTCSession", (event: RTCSessionEvent) => this.follow(event as unknown as SessionEvent));
    }

    private follow(event: SessionEvent): void {
        const { session, request } = event;
        const outgoing = event.originator === "local";
        const other = outgoing ? request.to : request.from;
        const number = decodeURIComponent(other.uri.user ?? "");
        const sound = new Sound(request.call_id, session, outgoing, number, other.display_name ?? "");
        if (outgoing && this.microphone) sound.take(this.microphone);
        this.microphone = null;
        sound.changed = () => this.owner.changed(sound);
        sound.speaker = () => this.owner.speaker();
        sound.unplugged = () => this.owner.unplugged(sound);
        const over = (event: EndEvent) => {
            if (!this.sounds.delete(sound.id)) return;
            sound.close();
            const message = event.message as { status_code?: number } | null;
            this.owner.removed(sound, event.cause, message?.status_code ?? 0);
        };
        session.on("sdp", (event) => {
            if (event.originator === "remote" && event.type === "offer") event.sdp = withOneKeyFormat(event.sdp);
        });
        session.on("ended", over);
        session.on("failed", over);
        this.sounds.set(sound.id, sound);
        this.owner.added(sound);
    }

    private move(state: LineState): void {
        if (state === this.state) return;
        this.state = state;
        this.owner.moved(state);
    }
}
