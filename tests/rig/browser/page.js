// A telephone with one line, driven by the tests: `webPhone` does things, `happened` (from the test) hears of them.
"use strict";

// What a browser does to speech would make a tone quieter and quieter.
const MICROPHONE = {
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    video: false,
};
const NO_SERVERS = { iceServers: [] };

const webPhone = {
    ua: null,
    session: null,
    analyser: null,

    start({ socket, uri, username, secret }) {
        this.ua = new JsSIP.UA({
            sockets: [new JsSIP.WebSocketInterface(socket)],
            uri,
            authorization_user: username,
            password: secret,
            register_expires: 120,
            user_agent: "Kiestoon test browser",
        });
        this.ua.on("registered", () => happened("registered"));
        this.ua.on("registrationFailed", ({ cause, response }) =>
            happened("registration failed", { cause, code: response ? response.status_code : 0 }),
        );
        this.ua.on("unregistered", () => happened("unregistered"));
        this.ua.on("newRTCSession", ({ session, originator, request }) => {
            this.follow(session);
            if (originator === "remote") {
                happened("incoming", {
                    number: request.from.uri.user,
                    name: request.from.display_name || "",
                });
            }
        });
        this.ua.start();
    },

    follow(session) {
        this.session = session;
        session.on("progress", ({ response }) =>
            happened("progress", { code: response ? response.status_code : 180 }),
        );
        session.on("confirmed", () => happened("confirmed"));
        session.on("hold", ({ originator }) => happened("held", { by: originator }));
        session.on("unhold", ({ originator }) => happened("unheld", { by: originator }));
        session.on("ended", ({ cause, originator }) => happened("ended", { cause, by: originator }));
        session.on("failed", ({ cause, originator, message }) =>
            happened("failed", {
                cause,
                by: originator,
                code: message && message.status_code ? message.status_code : 0,
                reason: message && message.getHeader ? message.getHeader("Reason") || "" : "",
            }),
        );
        session.on("peerconnection", ({ peerconnection }) => this.listen(peerconnection));
        // The connection of a call that we make is there before anybody can ask to hear of it.
        if (session.connection) this.listen(session.connection);
    },

    listen(connection) {
        connection.addEventListener("track", ({ track }) => {
            const stream = new MediaStream([track]);
            document.getElementById("ear").srcObject = stream;
            const context = new AudioContext();
            this.analyser = context.createAnalyser();
            this.analyser.fftSize = 8192;
            this.analyser.smoothingTimeConstant = 0;
            context.createMediaStreamSource(stream).connect(this.analyser);
        });
        connection.addEventListener("connectionstatechange", () =>
            happened("connection", { state: connection.connectionState }),
        );
    },

    call(uri) {
        this.ua.call(uri, { mediaConstraints: MICROPHONE, pcConfig: NO_SERVERS });
    },

    answer() {
        this.session.answer({ mediaConstraints: MICROPHONE, pcConfig: NO_SERVERS });
    },

    hangUp() {
        this.session.terminate();
    },

    hold() {
        return this.session.hold();
    },

    unhold() {
        return this.session.unhold();
    },

    press(keys) {
        this.session.sendDTMF(keys, { transportType: "RFC2833", duration: 160, interToneGap: 100 });
    },

    async stop() {
        if (this.ua) this.ua.stop();
    },

    // What has come in so far: energy and seconds since the start, packets (webrtc-stats, inbound-rtp), and the
    // strongest frequency right now in Hz.
    async sound() {
        const facts = { energy: 0, seconds: 0, packets: 0, lost: 0, sent: 0, codec: "", hz: this.pitch() };
        const stats = await this.session.connection.getStats();
        for (const entry of stats.values()) {
            if (entry.type === "inbound-rtp" && entry.kind === "audio") {
                facts.energy += entry.totalAudioEnergy || 0;
                facts.seconds += entry.totalSamplesDuration || 0;
                facts.packets += entry.packetsReceived;
                facts.lost += entry.packetsLost;
                facts.codec = entry.codecId ? stats.get(entry.codecId).mimeType : "";
            }
            if (entry.type === "outbound-rtp" && entry.kind === "audio") facts.sent += entry.packetsSent;
        }
        return facts;
    },

    pitch() {
        if (!this.analyser) return 0;
        const bins = new Float32Array(this.analyser.frequencyBinCount);
        this.analyser.getFloatFrequencyData(bins);
        let strongest = 0;
        for (let bin = 1; bin < bins.length; bin++) if (bins[bin] > bins[strongest]) strongest = bin;
        return (strongest * this.analyser.context.sampleRate) / this.analyser.fftSize;
    },
};
