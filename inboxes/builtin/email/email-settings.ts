import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'

/** Whether a host is this machine: its traffic can't be read on the way. */
function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  return isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback'
}

const addressOrNone = z.union([
  z.literal(''),
  z.email('The sender must be an e-mail address, like docket@example.org.'),
])

/** How mail is sent. The password is the secret `password`. */
export const emailSettings = z
  .object({
    host: z
      .string()
      .trim()
      .regex(
        /^[^\s/@]*$/,
        'The mail server is a host name without an address around it, like mail.example.org.',
      )
      .default(''),
    port: z
      .number()
      .int('The port is a whole number.')
      .min(1, 'The port is between 1 and 65535.')
      .max(65_535, 'The port is between 1 and 65535.')
      .default(587),
    security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().trim().default(''),
    from: addressOrNone.default(''),
    /** PEM; where it is given, nobody else vouches for the server. */
    ca: z
      .string()
      .refine(
        (text) => text.trim() === '' || text.includes('-----BEGIN CERTIFICATE-----'),
        'The certificate authority is a text that begins with "-----BEGIN CERTIFICATE-----".',
      )
      .default(''),
    mode: z.enum(['immediate', 'digest']).default('immediate'),
    digestMinutes: z
      .number()
      .min(1, 'A digest gathers for at least a minute.')
      .max(1_440, 'A digest gathers for at most a day (1440 minutes).')
      .default(30),
  })
  .refine(({ security, host }) => security !== 'none' || host === '' || isLoopback(host), {
    path: ['security'],
    message:
      'Without encryption anybody on the way could read the mail and the password, so that is only for a server on this machine. Choose STARTTLS or TLS.',
  })
export type EmailSettings = z.infer<typeof emailSettings>

/** How `emailSettings` are asked for. */
export const emailForm: readonly InboxField[] = [
  { kind: 'text', name: 'host', label: 'Mail server', placeholder: 'mail.example.org' },
  {
    kind: 'number',
    name: 'port',
    label: 'Port',
    help: 'Usually 587 for STARTTLS, 465 for TLS.',
    min: 1,
    max: 65_535,
  },
  {
    kind: 'choice',
    name: 'security',
    label: 'Encryption',
    options: [
      { value: 'starttls', label: 'STARTTLS' },
      { value: 'tls', label: 'TLS' },
      { value: 'none', label: 'None (this machine only)' },
    ],
  },
  { kind: 'text', name: 'user', label: 'User name', optional: true },
  { kind: 'secret', name: 'password', label: 'Password', optional: true },
  { kind: 'email', name: 'from', label: 'Sender', placeholder: 'docket@example.org' },
  {
    kind: 'multiline',
    name: 'ca',
    label: 'Certificate authority',
    help: 'Only for a server of your own whose certificate no public authority signed: the PEM text of what signed it.',
    optional: true,
  },
  {
    kind: 'choice',
    name: 'mode',
    label: 'Send',
    options: [
      { value: 'immediate', label: 'Each change at once' },
      { value: 'digest', label: 'A digest' },
    ],
  },
  {
    kind: 'number',
    name: 'digestMinutes',
    label: 'A digest every',
    unit: 'minutes',
    min: 1,
    max: 1_440,
  },
]

/** What is missing before any mail can go out, as a sentence. */
export function missingForMail(settings: EmailSettings, password: string | undefined): string | undefined {
  if (settings.host === '') return 'Enter the mail server.'
  if (settings.from === '') return 'Enter the sender, the address that the mail comes from.'
  if (settings.user !== '' && !password) return `Enter the password of ${settings.user}.`
  return undefined
}
