// How long to wait before trying again.

const FIRST = 500; // ms
const LONGEST = 10_000;

/** Twice as long each time, and never quite the same for everybody: a restart is followed by 1,000 clients. */
export class Backoff {
    private wait = FIRST;

    constructor(private readonly random: () => number = Math.random) {}

    next(): number {
        const now = this.wait;
        this.wait = Math.min(LONGEST, this.wait * 2);
        return Math.round(now * (0.75 + this.random() / 2));
    }

    reset(): void {
        this.wait = FIRST;
    }
}
