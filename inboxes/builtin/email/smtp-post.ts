import { createTransport } from 'nodemailer'
import { delivered, giveUp, type Outcome } from '../../contract/inbox.ts'
import type { EmailSettings } from './email-settings.ts'
import type { Letter } from './letter.ts'
import { needsSmtpUtf8 } from './mail-domain.ts'
import { offersSmtpUtf8 } from './offers-smtp-utf8.ts'
import { noSmtpUtf8, smtpOutcome } from './smtp-outcome.ts'

/** Milliseconds that each step of the exchange may take; the delivery's own time limit counts beside them. */
const stepMillis = 20_000

/** Sends one letter to one address over a connection of its own, and says what became of it. Never throws. */
export async function post(
  letter: Letter,
  to: { readonly name: string; readonly address: string },
  settings: EmailSettings,
  password: string | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const { host, port, security, user, from, ca } = settings
  const server = {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2' as const, ...(ca.trim() === '' ? {} : { ca }) },
    // A server that stops offering AUTH (or somebody between) gets no mail that nobody signed in for.
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' }, forceAuth: true }),
    connectionTimeout: stepMillis,
    greetingTimeout: stepMillis,
    dnsTimeout: stepMillis,
    socketTimeout: stepMillis,
  }
  const transport = createTransport({
    ...server,
    // A letter is text; nothing in it may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    if (needsSmtpUtf8(to.address) && !(await offersSmtpUtf8(server, signal)))
      return giveUp(noSmtpUtf8(settings, to.address))
    await transport.sendMail({
      signal,
      from: { name: letter.from, address: from },
      to: { name: to.name, address: to.address },
      // Said outright, so that no spelling of a name or address adds a recipient.
      envelope: { from, to: [to.address] },
      subject: letter.subject,
      text: letter.text,
      html: letter.html,
      messageId: letter.messageId,
      ...(letter.thread === undefined ? {} : { inReplyTo: letter.thread, references: letter.thread }),
      headers: letter.headers,
    })
    return delivered(`${host} took the mail to ${to.address}.`)
  } catch (error) {
    return smtpOutcome(error, settings, to.address, signal)
  } finally {
    transport.close()
  }
}
