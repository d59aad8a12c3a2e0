/** The number that a delivery's state is stored as. */
export const deliveryState = { waiting: 0, done: 1, skipped: 2, dead: 3, discarded: 4 } as const
