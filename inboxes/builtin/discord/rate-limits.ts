import type { HttpAnswer } from '../../http/http-response.ts'

/** What Discord said of when it takes the next message. */
export type DiscordRateLimits = {
  /** Milliseconds until a message to this webhook may be sent; 0 for now. */
  wait(webhook: string, now: number): number
  /** Keeps what an answer says. @returns how long a refused message waits, in milliseconds; `undefined` where it was not refused for its rate. */
  note(webhook: string, answer: HttpAnswer, now: number): number | undefined
}

type Refused = { readonly seconds: number | undefined; readonly isGlobal: boolean }

const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined

/** The body of a 429: `{ message, retry_after, global }`; a proxy before Discord may answer with something else. */
/** A longer pause is none that Discord asks for; whoever answers in its place would silence every channel for good. */
const mostSeconds = 3_600

function refusedBy({ text, retryAfter, header }: HttpAnswer): Refused {
  let body: { readonly retry_after?: unknown; readonly global?: unknown } = {}
  try {
    body = (JSON.parse(text) ?? {}) as typeof body
  } catch {
    // The headers say enough.
  }
  const said = typeof body.retry_after === 'number' && body.retry_after >= 0 ? body.retry_after : undefined
  return {
    // The header is in whole seconds, the body exact; the longer one is never too early.
    seconds: said === undefined ? seconds(retryAfter) : Math.max(said, (seconds(retryAfter) ?? 1) - 1),
    isGlobal: body.global === true || header?.('x-ratelimit-global') === 'true',
  }
}

/**
 * Follows Discord's limits by its headers (https://docs.discord.com/developers/topics/rate-limits), none of which is fixed: a bucket that is used up
 * (`X-RateLimit-Remaining: 0`) is left alone for `X-RateLimit-Reset-After`, and after a 429 that bucket, or with `global` everything, for `retry_after`.
 */
export function discordRateLimits(): DiscordRateLimits {
  /** The bucket of each webhook, as Discord called it last; limits are counted for each webhook in it. */
  const buckets = new Map<string, string>()
  const free = new Map<string, number>()
  let allFree = 0
  const placeOf = (webhook: string) => `${buckets.get(webhook) ?? ''} ${webhook}`
  const hold = (webhook: string, until: number) => {
    if (free.size > 1_000) free.clear()
    free.set(placeOf(webhook), Math.max(until, free.get(placeOf(webhook)) ?? 0))
  }
  return {
    wait: (webhook, now) => Math.max(allFree, free.get(placeOf(webhook)) ?? 0, now) - now,
    note(webhook, answer, now) {
      const bucket = answer.header?.('x-ratelimit-bucket')
      if (bucket !== undefined && buckets.get(webhook) !== bucket) {
        const held = free.get(placeOf(webhook)) ?? 0
        free.delete(placeOf(webhook))
        if (buckets.size > 1_000) buckets.clear()
        buckets.set(webhook, bucket)
        if (held > now) hold(webhook, held)
      }
      const reset = seconds(answer.header?.('x-ratelimit-reset-after'))
      if (answer.status !== 429) {
        if (answer.header?.('x-ratelimit-remaining') === '0' && reset !== undefined)
          hold(webhook, now + Math.ceil(Math.min(reset, mostSeconds) * 1_000))
        return undefined
      }
      const refused = refusedBy(answer)
      const millis = Math.ceil(Math.min(refused.seconds ?? reset ?? 1, mostSeconds) * 1_000)
      if (refused.isGlobal) allFree = Math.max(allFree, now + millis)
      else hold(webhook, now + millis)
      return millis
    },
  }
}
