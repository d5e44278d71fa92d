// The line's WebSocket. TCP needs minutes to notice that a network went away; who doubts can ask here.

import JsSIP from "jssip";

export class Wire extends JsSIP.WebSocketInterface {
    /** When the exchange last said something, in ms of the clock. */
    heard = 0;

    constructor(url: string) {
        super(url);
        let tell: (data: unknown) => void = () => undefined;
        // JsSIP puts its own listener here.
        Object.defineProperty(this, "ondata", {
            get: () => (data: unknown) => {
                this.heard = Date.now();
                tell(data);
            },
            set: (listener: typeof tell) => (tell = listener),
        });
    }

    /** Give this connection up: JsSIP makes another. */
    drop(): void {
        this.disconnect();
        this.ondisconnect(true);
    }
}
