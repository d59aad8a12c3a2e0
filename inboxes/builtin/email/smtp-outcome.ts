import { giveUp, notNow, type Outcome, retry } from '../../contract/inbox.ts'
import { failureSentence } from '../../http/http-response.ts'
import { cutAtWord, oneLine } from '../../shared/cut-text.ts'
import type { EmailSettings } from './email-settings.ts'

/** What nodemailer adds to an error. */
type SmtpError = Error & {
  readonly code?: string
  /** The system's own code, where `code` is nodemailer's. */
  readonly originalCode?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
])
const speaksPlain = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])

function connectionSentence(error: SmtpError, at: string, security: EmailSettings['security']): string {
  const code = error.originalCode ?? error.code ?? ''
  if (code === 'EDNS') return `The name of the mail server ${at} can't be looked up.`
  if (code === 'ETIMEDOUT') return `The mail server ${at} did not answer in time.`
  if (code === 'ECONNECTION' || (code === 'ETLS' && /closed unexpectedly/.test(error.message)))
    return `The mail server ${at} closed the connection.`
  if (speaksPlain.has(code))
    return `The mail server ${at} does not begin with TLS on this port. Choose STARTTLS, or the port for TLS (usually 465).`
  if (error.command === 'STARTTLS' && security === 'starttls' && error.responseCode !== undefined)
    return `The mail server ${at} offers no STARTTLS, and without it nothing is sent.`
  const sentence = failureSentence(Object.assign(new Error(), { code }), at)
  return untrusted.has(code)
    ? `${sentence} If the server is your own, enter the certificate authority that signed it.`
    : sentence
}

/** Why nothing can be sent to an address in other letters by this server. */
export const noSmtpUtf8 = ({ host, port }: EmailSettings, recipient: string): string =>
  `${host}:${port} takes no address with other letters than a to z before the @ (it offers no SMTPUTF8), so nothing was sent to ${recipient}.`

/**
 * What a failed attempt means. A recipient or a message that the server refuses for good (5xx) is given up; whatever may pass, and what a
 * person can mend in the settings, is tried again. No sentence holds the password.
 */
export function smtpOutcome(
  thrown: unknown,
  settings: EmailSettings,
  recipient: string,
  signal: AbortSignal,
): Outcome {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SmtpError
  const at = `${settings.host}:${settings.port}`
  if (signal.aborted || error.code === 'EABORT') return retry(`The mail server ${at} did not answer in time.`)
  const status = error.responseCode
  const said = error.response === undefined ? '' : ` ${cutAtWord(oneLine(error.response), 200)}`
  if (status === undefined) {
    if (error.code === 'EENVELOPE') return giveUp(`${recipient} is not an address that mail can be sent to.`)
    if (error.code === 'EMESSAGE') return giveUp(`The mail can't be sent: ${error.message}`)
    if (error.code !== 'EAUTH') return retry(connectionSentence(error, at, settings.security))
  }
  if (error.code === 'EAUTH')
    return retry(`${at} refused the user name "${settings.user}" or its password.${said}`)
  if (status === 530) return retry(`${at} asks for a user name and password before it takes mail.${said}`)
  if (error.command === 'RCPT TO') {
    const sentence = `${at} refused the recipient ${recipient}.${said}`
    return status !== undefined && status >= 500 ? giveUp(sentence) : notNow(sentence)
  }
  if (error.command === 'MAIL FROM') return retry(`${at} refused the sender ${settings.from}.${said}`)
  if (error.command === 'DATA') {
    const sentence = `${at} refused the message to ${recipient}.${said}`
    return status !== undefined && status >= 500 ? giveUp(sentence) : notNow(sentence)
  }
  return error.code === 'ETLS'
    ? retry(connectionSentence(error, at, settings.security))
    : retry(`${at} answered something else than expected.${said}`)
}
