import { failureSentence, withoutSecrets } from '../../http/http-response.ts'
import { cutAtWord, oneLine } from '../../shared/cut-text.ts'
import type { BrokerAddress } from './adapter.ts'

/** How the brokers and their clients say that a name or password is wrong. */
const signInRefused =
  /WRONGPASS|NOAUTH|ACCESS[_-]REFUSED|Authorization Violation|Not authorized|Bad username or password|SASL|PLT_KFK_AUTHENTICATION|invalid username-password|AuthorizationError|AuthenticationError/i
/** The same for a name that may come in and not publish. */
const publishRefused =
  /NOPERM|permissions violation|PermissionViolation|(configure|write) access to|Publish error: Not authorized|(Topic|Cluster) authorization/i
const noTls = /ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG/
const wordless = /^(the connection was lost|connection (is )?closed|closed|)\.?$/i

/** An error, what caused it, and what it sums up. */
function* errorsIn(error: unknown, depth = 0): Generator<Error & { readonly code?: unknown }> {
  if (!(error instanceof Error) || depth > 4) return
  yield error
  for (const inner of [error.cause, ...(error instanceof AggregateError ? error.errors : [])])
    yield* errorsIn(inner, depth + 1)
}

const isSystemCode = (code: unknown): code is string =>
  typeof code === 'string' && /^(E[A-Z_]+|UNABLE_[A-Z_]+|CERT_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*)$/.test(code)

/** A plain sentence for a publication that failed. Never holds the password. */
export function brokerSentence(error: unknown, address: BrokerAddress, signal: AbortSignal): string {
  const at = `${address.host}:${address.port}`
  if (signal.aborted) return `${at} did not confirm in time.`
  const errors = [...errorsIn(error)]
  const texts = errors.map((each) => `${each.name} ${String(each.code ?? '')} ${each.message}`)
  const said = errors.map(({ message }) => message).find((message) => !wordless.test(message)) ?? ''
  const quote = cutAtWord(withoutSecrets(oneLine(said), [address.password ?? '']), 200)
  if (texts.some((text) => publishRefused.test(text)))
    return `${at} does not let ${address.user ?? 'us'} publish there: ${quote}`
  if (texts.some((text) => signInRefused.test(text)))
    return `${at} refused the user name${address.user === undefined ? '' : ` "${address.user}"`} or its password.`
  const code = errors.map((each) => each.code).find(isSystemCode)
  if (code !== undefined && noTls.test(code)) return `${at} does not speak TLS on this port.`
  if (code !== undefined || quote === '')
    return failureSentence(Object.assign(new Error(), { code: code ?? 'ECONNRESET' }), at)
  return `${at} did not take it: ${quote}`
}
