import { randomUUID } from 'node:crypto'
import {
  type DeliveringInbox,
  type Delivery,
  type DeliveryContext,
  giveUp,
  type Outcome,
  skip,
} from '../../contract/inbox.ts'
import { actorName } from '../../shared/event-sentence.ts'
import { told } from '../../shared/recipients.ts'
import { type EmailSettings, emailForm, emailSettings, missingForMail } from './email-settings.ts'
import { sectionsOf } from './event-lines.ts'
import { mailDocument, writeLetter } from './letter.ts'
import { deliverableAddress } from './mail-domain.ts'
import { post } from './smtp-post.ts'

/** How long what happens is gathered before it is mailed at once, in milliseconds: making an issue and giving it to three people is one thing. */
const momentMillis = 5_000
const secret = 'password'
type Context = DeliveryContext<EmailSettings>

/** One mail to one member for all that they are still to hear of. */
async function write(deliveries: readonly Delivery[], memberId: string, context: Context): Promise<Outcome> {
  const { workspace, settings, signal } = context
  const member = workspace.entity('member', memberId)
  if (!member?.email) return skip(`${member?.name ?? 'The member'} has no e-mail address any more.`)
  const address = deliverableAddress(member.email)
  if (address === undefined)
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
    sections: sectionsOf(events, workspace, memberId),
    actor: actors.size === 1 ? [...actors][0] : undefined,
    reason: reasons.size === 1 ? [...reasons][0] : undefined,
    workspace: workspace.workspace(),
    id: deliveries[0]?.batch ?? deliveries[0]?.key ?? '',
    from: settings.from,
  })
  const to = { name: member.name, address }
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
  unheard({ workspace }) {
    const others = workspace.entities('member').filter(({ id }) => id !== workspace.me)
    if (others.some(({ email }) => email !== null)) return undefined
    return others.length === 0
      ? 'Nobody else is in this workspace, so nobody gets mail.'
      : 'Nobody has an e-mail address. Enter one under People, or with: docket email --of NAME ADDRESS'
  },
  shouldProcess: (event) => event.streamType === 'issue' && !event.waiting,
  targets: (event, { workspace }) =>
    [...told(event, workspace).keys()].filter((id) => Boolean(workspace.entity('member', id)?.email)),
  hostOf: (_, { settings }) => `${settings.host}:${settings.port}`,
  gatherMillis: ({ settings }) =>
    settings.mode === 'digest' ? settings.digestMinutes * 60_000 : momentMillis,
  handle: (delivery, context) => write([delivery], delivery.target, context),
  handleTogether: (deliveries, context) => write(deliveries, deliveries[0]?.target ?? '', context),
  targetName: (target, { workspace }) => workspace.entity('member', target)?.name ?? 'Somebody who left',
  async test(context) {
    const { workspace, settings, signal } = context
    const missing = missingForMail(settings, context.secret(secret))
    if (missing !== undefined) return giveUp(missing)
    const me = workspace.entity('member', workspace.me)
    const address = me?.email ?? settings.from
    const text = 'This is a test from Docket: mail goes out.'
    const domain = settings.from.slice(settings.from.lastIndexOf('@') + 1)
    const letter = {
      from: 'Docket',
      subject: 'A test from Docket',
      text: `${text}\n`,
      html: mailDocument('A test from Docket', `<p>${text}</p>`),
      messageId: `<${randomUUID()}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    }
    return post(letter, { name: me?.name ?? '', address }, settings, context.secret(secret), signal)
  },
}
