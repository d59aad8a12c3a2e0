import { hash } from 'node:crypto'

/** The server's own hash chain: the mark after an event, from the mark before it and the event's hash, all lower-case hexadecimal. */
export const nextMark = (mark: string, eventHash: string): string => hash('sha256', mark + eventHash, 'hex')
