import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ChainReceipt } from '#contract/sync-api/wire-events.ts'

/** What is kept of a token or an invite's code. */
export const hashed = (secret: string): string => hash('sha256', secret, 'hex')
/** 256 bits, so that a plain hash is enough. */
export const newToken = (): string => `dkt_${randomBytes(32).toString('base64url')}`
export const newCode = (): string => randomBytes(24).toString('base64url')
export const newSecret = (): string => randomBytes(32).toString('hex')

/** Shows that this server gave an issue its number: clients bring it back after the server lost it. */
export const numberSeal = (secret: string, eventId: string, streamId: string, number: number): string =>
  createHmac('sha256', secret).update(`${eventId} ${streamId} ${number}`).digest('hex')

/** Shows that this server had a member's chain (its own, where there is none) up to a place. */
export const chainSeal = (
  secret: string,
  { chain, seq, hash, memberId }: Omit<ChainReceipt, 'seal'>,
): string =>
  createHmac('sha256', secret)
    .update(`chain ${chain} ${seq} ${hash} ${memberId ?? ''}`)
    .digest('hex')

export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
