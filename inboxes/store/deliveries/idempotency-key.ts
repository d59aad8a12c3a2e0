import { derivedBytes } from '#db/log/rows/derived-id.ts'

/** What names a delivery: the same for the same event, inbox and target, on every machine and at every attempt. */
export const idempotencyKey = (eventId: string, inbox: string, target: string): Buffer =>
  derivedBytes('delivery', eventId, inbox, target)
