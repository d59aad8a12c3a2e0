import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Certificate } from '../../../testing/certificate.ts'
import { type ReceivedMail, readMail } from './received-mail.ts'

type Answer = { readonly code: number; readonly text: string }
type Given = {
  /** TLS from the first byte instead of STARTTLS. */
  readonly secure?: boolean
  /** Neither TLS nor a sign-in. */
  readonly open?: boolean
  readonly port?: number
  readonly certificate?: Certificate
  /** A refusal of a recipient, by address and how often that address was tried before. */
  readonly refuse?: (address: string, before: number) => Answer | undefined
  /** A refusal of a whole message. */
  readonly refuseMessage?: Answer
  readonly options?: SMTPServerOptions
}

export type MailServer = {
  readonly port: number
  readonly mails: (ReceivedMail & {
    readonly to: readonly string[]
    readonly tls: boolean
    readonly user: unknown
  })[]
  close(): Promise<void>
}

/** What the server lets in. */
export const mailUser = 'docket'
export const mailPassword = 'correct horse'

const smtpError = ({ code, text }: Answer): Error => Object.assign(new Error(text), { responseCode: code })

/** A real SMTP server on 127.0.0.1 that keeps what it gets. */
export async function mailServer(given: Given = {}): Promise<MailServer> {
  const mails: MailServer['mails'] = []
  const tries = new Map<string, number>()
  const server = new SMTPServer({
    secure: given.secure ?? false,
    ...(given.certificate ?? {}),
    ...(given.open
      ? { disabledCommands: ['STARTTLS', 'AUTH'], authOptional: true }
      : { authMethods: ['PLAIN', 'LOGIN'], authOptional: false }),
    disableReverseLookup: true,
    closeTimeout: 200,
    onAuth({ username, password }, _session, callback) {
      if (username === mailUser && password === mailPassword) callback(null, { user: username })
      else callback(smtpError({ code: 535, text: 'Authentication credentials invalid' }))
    },
    onRcptTo({ address }, _session, callback) {
      const before = tries.get(address) ?? 0
      tries.set(address, before + 1)
      const refused = given.refuse?.(address, before)
      if (refused) callback(smtpError(refused))
      else callback()
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (given.refuseMessage) return callback(smtpError(given.refuseMessage))
        mails.push({
          ...readMail(Buffer.concat(chunks).toString('latin1')),
          to: session.envelope.rcptTo.map(({ address }) => address),
          tls: Boolean(session.secure),
          user: session.user,
        })
        callback()
      })
    },
    ...given.options,
  })
  // A client that does not trust the certificate hangs up; that is what some tests are about.
  server.on('error', () => {})
  server.listen(given.port ?? 0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
