import { afterEach, beforeAll } from 'vitest'
import type { EntityRow } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { type Certificate, localCertificate } from '../../../testing/certificate.ts'
import { heardIssue } from '../../../testing/heard-issue.ts'
import { contextFor } from '../../../testing/inbox-context.ts'
import { ada, grace, idOf, issueOne, makeEvent } from '../../../testing/made-events.ts'
import { emailInbox } from '../email.ts'
import { type MailServer, mailPassword, mailServer, mailUser } from './mail-server.ts'

export const linus = idOf(0xa3)
/** Has no address. */
export const quiet = idOf(0xa4)
export const mailMembers: readonly EntityRow<'member'>[] = [
  { id: ada, name: 'Ada', handle: 'ada', email: 'ada@example.org' },
  { id: grace, name: 'Grace', handle: 'grace', email: 'grace@example.org' },
  { id: linus, name: 'Linus', handle: 'linus', email: 'linus@example.org' },
  { id: quiet, name: 'Quiet', handle: 'quiet', email: null },
]
/** An issue that everybody is subscribed to. */
export const mailIssue = (id: string, number: number, title: string) =>
  heardIssue(
    id,
    number,
    title,
    mailMembers.map((member) => member.id),
  )
export const exportHangs = mailIssue(issueOne, 42, 'The export hangs')

export const comment = (body: string, streamId = issueOne): RecordedEvent =>
  makeEvent('commented', { commentId: idOf(0xc0), body }, { streamId })

type Around = {
  readonly port: number
  readonly settings?: Readonly<Record<string, unknown>>
  readonly password?: string
  readonly issues?: readonly ReturnType<typeof mailIssue>[]
  readonly events?: readonly RecordedEvent[]
  readonly people?: readonly EntityRow<'member'>[]
  readonly signal?: AbortSignal
}

/** Mail servers for the tests of a file, closed after each test, and what the inbox is called with to reach one. */
export function mailAround() {
  let certificate: Certificate
  const open: MailServer[] = []
  beforeAll(async () => {
    certificate = await localCertificate()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()))
  })
  return {
    async serve(given: Parameters<typeof mailServer>[0] = {}): Promise<MailServer> {
      const server = await mailServer({ certificate, ...given })
      open.push(server)
      return server
    },
    around: ({ port, settings, password, issues, events, people, signal }: Around) =>
      contextFor(emailInbox, {
        settings: {
          host: 'localhost',
          port,
          user: mailUser,
          from: 'docket@example.net',
          ca: certificate.cert,
          ...settings,
        },
        secrets: { password: password ?? mailPassword },
        workspace: {
          members: people ?? mailMembers,
          issues: issues ?? [exportHangs],
          events: events ?? [],
        },
        ...(signal ? { signal } : {}),
      }),
  }
}
