import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type EmailSettings, emailForm, emailSettings, missingForMail } from './email/email-settings.ts'
import { sectionsOf } from './email/event-lines.ts'
import { writeLetter } from './email/letter.ts'
import { post } from './email/smtp-post.ts'
import { actorName } from './event-sentence.ts'
import {
  type DeliveringInbox,
  type Delivery,
  type DeliveryContext,
  giveUp,
  type Outcome,
  skip,
} from './inbox.ts'
import { told } from './who-is-told.ts'

const isAddress = (text: string): boolean => z.email().safeParse(text).success
const secret = 'password'
type Context = DeliveryContext<EmailSettings>

/** One mail to one member for all that they are still to hear of. */
async function write(deliveries: readonly Delivery[], memberId: string, context: Context): Promise<Outcome> {
  const { workspace, settings, signal } = context
  const member = workspace.member(memberId)
  if (!member?.email) return skip(`${member?.name ?? 'The member'} has no e-mail address any more.`)
  if (!isAddress(member.email))
    return giveUp(`"${member.email}" of ${member.name} is not an address that mail can be sent to.`)
  // Whoever muted the issue while this waited is not written to.
  const wanted = deliveries.filter(
    ({ event }) => !workspace.issue(event.streamId).subscribers[memberId]?.muted,
  )
  if (wanted.length === 0) return skip(`${member.name} has muted this since.`)
  const events = wanted.map(({ event }) => event)
  const actors = new Set(events.map((event) => actorName(event, workspace)))
  const reasons = new Set(events.map((event) => told(event, workspace).get(memberId)))
  const letter = writeLetter({
    sections: sectionsOf(events, workspace),
    actor: actors.size === 1 ? [...actors][0] : undefined,
    reason: reasons.size === 1 ? [...reasons][0] : undefined,
    workspace: workspace.workspace(),
    id: deliveries[0]?.batch ?? deliveries[0]?.key ?? '',
    from: settings.from,
  })
  const to = { name: member.name, address: member.email }
  return post(letter, to, settings, context.secret(secret), signal)
}

/** Mails what happened on this replica to everybody else whom it concerns, at once or as a digest. Its targets are members. */
export const emailInbox: DeliveringInbox<EmailSettings> = {
  name: 'email',
  title: 'E-mail',
  about: 'Mails your changes to everybody else who is subscribed to, assigned to or mentioned in the issue.',
  scope: 'own',
  onByDefault: false,
  settings: emailSettings,
  form: emailForm,
  // Greylisting wants minutes, an outage of a mail server may take hours.
  pace: { timeoutMillis: 30_000, firstBackoffMillis: 10_000, concurrency: 2, perHost: 4 },
  notReady: (context) => missingForMail(context.settings, context.secret(secret)),
  shouldProcess: (event) => event.streamType === 'issue' && !event.waiting,
  targets: (event, { workspace }) =>
    [...told(event, workspace).keys()].filter((id) => Boolean(workspace.member(id)?.email)),
  hostOf: (_, { settings }) => `${settings.host}:${settings.port}`,
  gatherMillis: ({ settings }) => (settings.mode === 'digest' ? settings.digestMinutes * 60_000 : 0),
  handle: (delivery, context) => write([delivery], delivery.target, context),
  handleTogether: (deliveries, context) => write(deliveries, deliveries[0]?.target ?? '', context),
  targetName: (target, { workspace }) => workspace.member(target)?.name ?? 'Somebody who left',
  async test(context) {
    const { workspace, settings, signal } = context
    const missing = missingForMail(settings, context.secret(secret))
    if (missing !== undefined) return giveUp(missing)
    const me = workspace.member(workspace.me)
    const address = me?.email ?? settings.from
    const text = 'This is a test from Docket: mail goes out.'
    const domain = settings.from.slice(settings.from.lastIndexOf('@') + 1)
    const letter = {
      from: 'Docket',
      subject: 'A test from Docket',
      text: `${text}\n`,
      html: `<p>${text}</p>`,
      messageId: `<${randomUUID()}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    }
    return post(letter, { name: me?.name ?? '', address }, settings, context.secret(secret), signal)
  },
}
