import { syncRefusal } from '#contract/sync-api/refusals.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { refused, refusedForNow } from '../round/round-refusals.ts'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * A server's address as a person typed it, in the two parts that requests need. Refused where it is none, or where tokens and payloads would
 * travel in the open: plain HTTP leaves this machine only for nowhere.
 */
export function serverAddress(
  text: string,
): Result<{ readonly origin: string; readonly prefix: string }, RemoteCode> {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return refused('invalid_url', `${text} is not an address, like https://docket.example.org.`)
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refused('invalid_url', `${text} must begin with https://.`)
  if (url.protocol === 'http:' && !loopback.test(url.hostname))
    return refused(
      'plain_http',
      `${url.host} would be spoken to in the open. Use https://, or reach it through this machine.`,
    )
  if (url.username || url.password)
    return refused('invalid_url', 'An address with a name and password in it is not taken.')
  return { ok: true, value: { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') } }
}

const certificateCodes: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'leads to an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'leads to an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'leads to an authority that is not trusted',
  CERT_HAS_EXPIRED: 'is out of date',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host',
}

const networkCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing answers at',
  ENOTFOUND: 'There is no host at',
  EAI_AGAIN: 'The name can not be looked up of',
  ECONNRESET: 'The connection was closed by',
  EHOSTUNREACH: 'There is no way to',
  ENETUNREACH: 'There is no way to',
  UND_ERR_CONNECT_TIMEOUT: 'No connection could be made in time to',
  UND_ERR_HEADERS_TIMEOUT: 'There was no answer in time from',
  UND_ERR_SOCKET: 'The connection was closed by',
}

const codeOf = (error: unknown): string => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (typeof code === 'string') return code
  return cause === undefined ? '' : codeOf(cause)
}

/** What a failed request means, in a sentence. */
export function troubleOf(error: unknown, url: string): Result<never, RemoteCode> {
  const code = codeOf(error)
  const certificate = certificateCodes[code]
  if (certificate)
    return refused(
      'certificate',
      `The certificate of ${url} ${certificate}. Nothing was sent. If the server has an authority of its own, add that authority's certificate.`,
    )
  const { name } = (error ?? {}) as { name?: unknown }
  if (name === 'TimeoutError' || name === 'AbortError')
    return refusedForNow('timeout', `${url} did not answer in time.`)
  const network = networkCodes[code]
  if (network) return refusedForNow('unreachable', `${network} ${url}.`)
  return refusedForNow('unreachable', `${url} can not be reached (${code || (error as Error)?.message}).`)
}

/** Of a server's own words that are shown and kept. */
const longestSentence = 500
const longestCode = 60
/** However long a server asks to be left alone, in milliseconds: it may be well again sooner. */
const longestWaitMillis = 3_600_000

/** How long `Retry-After` asks to wait, in milliseconds: it holds seconds or a date. */
function waitOf(retryAfter: unknown): number | undefined {
  const seconds = Number(retryAfter)
  const millis = Number.isNaN(seconds) ? Date.parse(String(retryAfter)) - Date.now() : seconds * 1_000
  return Number.isNaN(millis) ? undefined : Math.min(Math.max(millis, 0), longestWaitMillis)
}

export type RefusingAnswer = {
  readonly status: number
  readonly body: Uint8Array
  /** The header of that name, if any. */
  readonly retryAfter: unknown
  readonly url: string
  /** Never to be shown, even where the server says it. */
  readonly token?: string | undefined
}

/** What the server says that it will not or can not do. */
export function refusalOf({
  status,
  body,
  retryAfter,
  url,
  token,
}: RefusingAnswer): Result<never, RemoteCode> {
  let said: { code: string; message: string; details?: Record<string, unknown> | undefined } | undefined
  try {
    const text = new TextDecoder().decode(body)
    said = syncRefusal.safeParse(JSON.parse(token ? text.replaceAll(token, '…') : text)).data?.error
  } catch {
    // Whatever stands between: a proxy's page is no answer of the server's.
  }
  const passing = status === 408 || status === 429 || status >= 500
  const retryAfterMillis = waitOf(retryAfter)
  const message = said?.message.slice(0, longestSentence)
  const update =
    'The server speaks another version of the protocol. Please update Docket; nothing was changed.'
  return {
    ok: false,
    error: {
      code: said?.code.slice(0, longestCode) ?? `http_${status}`,
      message:
        status === 426
          ? `${message ?? ''} ${update}`.trim()
          : (message ?? `${url} answered with ${status} and nothing that Docket understands.`),
      ...(said?.details ? { details: said.details } : {}),
      // Whoever is not the server can not refuse for it.
      retryable: passing || !said,
      ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
    },
  }
}
