import { Agent, type Dispatcher, request } from 'undici'
import { giveUp, type Outcome, retry } from '../contract/inbox.ts'
import { isAllowedHost, publicConnector, SpecialAddressError } from './address-guard.ts'
import { failureSentence, type HttpAnswer, outcomeOf, receiverUrl, withoutSecrets } from './http-response.ts'

/** One message to one receiver. */
export type HttpMessage = {
  readonly method: 'POST' | 'PUT' | 'GET'
  /** As a person typed it: it may lead anywhere, this computer included. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Hosts that a redirect may lead to though they are private. */
  readonly allowedHosts?: readonly string[]
  /** What must never be shown, should the receiver say it back. The `authorization` header is one of them anyway. */
  readonly secrets?: readonly string[]
  /** What an answer means, where the receiver has words of its own; the usual meaning where it says nothing. */
  readonly judge?: (answer: HttpAnswer) => Outcome | undefined
}

type Around = {
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The longest that the whole exchange may take, in milliseconds, whatever the signal says. */
  readonly limitMillis?: number
}

/** Bytes of an answer that are read; the connection is closed on the rest. */
const longestAnswer = 65_536
const mostRedirects = 3
const usualLimit = 30_000
const pool = { connections: 8, pipelining: 1, keepAliveTimeout: 10_000 }
const connectOptions = { timeout: 10_000, allowH2: false }

let agents: { readonly anywhere: Agent; readonly publicOnly: Agent } | undefined
/** The worker's pools. Two, so that a connection a person asked for is never lent to a redirect that somebody else asked for. */
const pools = () =>
  (agents ??= {
    anywhere: new Agent({ ...pool, connect: connectOptions }),
    publicOnly: new Agent({ ...pool, connect: publicConnector(connectOptions) }),
  })

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes >= longestAnswer) break
  }
  return Buffer.concat(chunks).subarray(0, longestAnswer).toString('utf8')
}

function secondsOf(millis: number): string {
  const seconds = Math.ceil(millis / 1_000)
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header

/** Where an answer sends the message on to; an outcome where it must not go there; `undefined` where it is no redirect. */
function redirection(status: number, location: string | undefined, from: URL): URL | Outcome | undefined {
  if (status < 300 || status >= 400 || status === 304) return undefined
  if (status !== 307 && status !== 308)
    return giveUp(
      `${from.host} answered ${status} and points elsewhere; a message is only sent on for 307 and 308. Enter the new address.`,
    )
  if (location === undefined || !URL.canParse(location, from.href))
    return giveUp(`${from.host} answered ${status} without saying where to.`)
  const to = receiverUrl(new URL(location, from).href)
  if (!to.ok) return giveUp(`${from.host} redirects to an address that can't be used. ${to.error.message}`)
  if (from.protocol === 'https:' && to.value.protocol === 'http:')
    return giveUp(
      `${from.host} redirects from https to http, where anybody could read along; that is not followed.`,
    )
  return to.value
}

/**
 * Sends one message and says what became of it. Redirects are followed three times at most, with the same method, and never to a special
 * address (private, loopback, link-local …) unless the person allowed that host. Never throws; no sentence holds a secret or a whole URL.
 */
export async function deliverOverHttp(message: HttpMessage, around: Around): Promise<Outcome> {
  const first = receiverUrl(message.url)
  if (!first.ok) return giveUp(first.error.message)
  const { limitMillis = usualLimit } = around
  // By hand, and taken down below: a signal that times out by itself is kept until then, a thousand a second under load.
  const ownLimit = new AbortController()
  const timer = setTimeout(() => ownLimit.abort(), limitMillis)
  const end = () => ownLimit.abort(around.signal.reason)
  if (around.signal.aborted) end()
  around.signal.addEventListener('abort', end)
  try {
    return await followed(message, first.value, { ...around, limitMillis }, ownLimit.signal)
  } finally {
    clearTimeout(timer)
    around.signal.removeEventListener('abort', end)
  }
}

async function followed(
  message: HttpMessage,
  first: URL,
  around: Around & { readonly limitMillis: number },
  signal: AbortSignal,
): Promise<Outcome> {
  const { now, limitMillis } = around
  const { authorization } = message.headers
  const secrets = [
    ...(message.secrets ?? []),
    ...(authorization ? [authorization, authorization.replace(/^\S+ /, '')] : []),
  ]

  let url = first
  let headers = message.headers
  for (let redirects = 0; ; redirects++) {
    const trusted = redirects === 0 || isAllowedHost(url, message.allowedHosts ?? [])
    try {
      const response = await request(url, {
        method: message.method,
        headers: { 'user-agent': 'Docket', ...headers },
        body: message.body ?? null,
        signal,
        headersTimeout: limitMillis,
        bodyTimeout: limitMillis,
        dispatcher: trusted ? pools().anywhere : pools().publicOnly,
      })
      const text = withoutSecrets(await beginningOf(response.body), secrets)
      const status = response.statusCode
      const next = redirection(status, single(response.headers.location), url)
      if (next === undefined) {
        const header = (name: string) => single(response.headers[name])
        const answer = { status, text, retryAfter: header('retry-after'), header }
        return message.judge?.(answer) ?? outcomeOf(answer, url.host, now())
      }
      if (!(next instanceof URL)) return next
      if (redirects === mostRedirects)
        return giveUp(`${first.host} redirects more than ${mostRedirects} times.`)
      if (next.origin !== url.origin) {
        const { authorization: _kept, ...rest } = headers
        headers = rest
      }
      url = next
    } catch (error) {
      if (error instanceof SpecialAddressError)
        return giveUp(
          `${first.host} redirects to ${url.hostname}, which is ${error.kind} address. Allow the host "${url.hostname}" in the settings if that is meant.`,
        )
      if (around.signal.aborted) return retry(`${url.host} did not answer in time.`)
      if (signal.aborted) return retry(`${url.host} did not answer within ${secondsOf(limitMillis)}.`)
      return retry(failureSentence(error, url.host))
    }
  }
}
