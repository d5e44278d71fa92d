// Which rows of a long list are worth drawing.

export interface Slice {
    /** Index of the first row that is drawn. */
    first: number;
    /** One past the last. */
    end: number;
    /** Blank pixels above and below. */
    above: number;
    below: number;
}

/** The rows of `rowHeight` px in view of a box of `height` px that is scrolled by `top` px, and a few around them. */
export function visible(count: number, rowHeight: number, top: number, height: number, around = 8): Slice {
    // After a search the box may still be scrolled to where there is nothing any more.
    const reached = Math.max(0, Math.min(top, count * rowHeight - height));
    const first = Math.max(0, Math.floor(reached / rowHeight) - around);
    const end = Math.min(count, Math.ceil((reached + height) / rowHeight) + around);
    return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}
