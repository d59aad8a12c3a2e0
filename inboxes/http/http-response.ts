import { done, type Result, refuse } from '#core/values/refusal.ts'
import { closed, delivered, giveUp, gone, notNow, type Outcome } from '../contract/inbox.ts'
import { cutAtWord, oneLine } from '../shared/cut-text.ts'

/** What a receiver answered: the beginning of its body, as text. */
export type HttpAnswer = {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
  /** Of any other header, by its name in lower case. */
  readonly header?: (name: string) => string | undefined
}

/** The longest that a receiver can put a delivery off: a day, in milliseconds. */
const longestWait = 86_400_000
/** Characters of an answer that a person is shown. */
const shownOfAnswer = 200
const worthRetrying = new Set([408, 425])

/** An address that something can be sent to. @returns a refusal `invalid_input` where it is not http or https, or holds a password. */
export function receiverUrl(text: string): Result<URL> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return refuse('invalid_input', 'This is not an address like https://example.org/hook.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse('invalid_input', 'The address must begin with https:// or http://.')
  if (url.username !== '' || url.password !== '')
    return refuse('invalid_input', 'The address must not hold a user name or password.')
  return done(url)
}

/**
 * How long `Retry-After` asks to wait, in milliseconds, at most a day; `undefined` where it can't be read.
 * @param header seconds, or an HTTP date.
 */
export function retryAfterMillis(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(Math.ceil(wait), 0), longestWait)
}

/** Takes secrets out of a text that is going to be shown or kept. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '•••'), text)
}

/** What an answer means for a delivery. @param host whom the sentence names. @param now milliseconds since 1970. */
export function outcomeOf(answer: HttpAnswer, host: string, now: number): Outcome {
  const { status } = answer
  if (status >= 200 && status < 300) return delivered(`${host} answered ${status}.`)
  const said = cutAtWord(oneLine(answer.text), shownOfAnswer)
  const sentence = said === '' ? `${host} answered ${status}.` : `${host} answered ${status}: ${said}`
  if (status === 429) return closed(sentence, retryAfterMillis(answer.retryAfter, now))
  if (worthRetrying.has(status) || status >= 500)
    return notNow(sentence, retryAfterMillis(answer.retryAfter, now))
  return status === 410
    ? gone(`${host} says that this address is gone (410). ${said}`.trim())
    : giveUp(sentence)
}

const cutShort = (host: string) => `${host} closed the connection before its answer was complete.`
const noAnswer = (host: string) => `${host} did not answer in time.`
const noName = (host: string) => `There is no address for the name ${host}.`
const unreachable = (host: string) => `${host} can't be reached from here.`
const unknownIssuer = (host: string) =>
  `The certificate of ${host} is not signed by anybody this computer trusts.`

const failures: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: noName,
  ENODATA: noName,
  EAI_AGAIN: (host) => `The name ${host} can't be looked up right now.`,
  ECONNREFUSED: (host) => `${host} refused the connection.`,
  ECONNRESET: cutShort,
  EPIPE: cutShort,
  UND_ERR_SOCKET: cutShort,
  ERR_STREAM_PREMATURE_CLOSE: cutShort,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: cutShort,
  ETIMEDOUT: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  UND_ERR_HEADERS_TIMEOUT: noAnswer,
  UND_ERR_BODY_TIMEOUT: noAnswer,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  DEPTH_ZERO_SELF_SIGNED_CERT: (host) =>
    `The certificate of ${host} is signed by itself, so nobody vouches for it.`,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  CERT_HAS_EXPIRED: (host) => `The certificate of ${host} has expired.`,
  CERT_NOT_YET_VALID: (host) => `The certificate of ${host} is not valid yet.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => `The certificate of ${host} is for another name.`,
  ERR_SSL_WRONG_VERSION_NUMBER: (host) => `${host} does not speak https at this address.`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (host) => `${host} does not speak https at this address.`,
}

/** Codes of an error, of what caused it, and of the single attempts that it sums up. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return []
  // An answer that is not HTTP has no code of its own in most cases.
  const unread = error.name === 'HTTPParserError' ? ['HPE_'] : []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : unread
  const inner = error instanceof AggregateError ? error.errors : []
  return [...own, ...[error.cause, ...inner].flatMap((each) => codesOf(each, depth + 1))]
}

/** A plain sentence for a request that got no whole answer. Never holds the error's own words, which may hold an address in full. */
export function failureSentence(error: unknown, host: string): string {
  const codes = codesOf(error)
  const known = codes.map((code) => failures[code]).find((failure) => failure !== undefined)
  if (known) return known(host)
  if (codes.some((code) => code.startsWith('HPE_'))) return `${host} answered something that is not HTTP.`
  if (codes.some((code) => code.startsWith('ERR_SSL_') || code === 'EPROTO'))
    return `No secure connection to ${host} could be made.`
  const code = codes[0]
  return `The connection to ${host} failed${code === undefined ? '' : ` (${code})`}.`
}
