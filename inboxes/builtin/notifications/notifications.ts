import { z } from 'zod'
import type { InboxField, Notification } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import {
  type DeliveringInbox,
  type Delivery,
  type DeliveryContext,
  delivered,
  type Outcome,
  skip,
} from '../../contract/inbox.ts'
import type { WorkspaceReader } from '../../contract/workspace-reader.ts'
import { eventTypeNames } from '../../routed/routed-settings.ts'
import { cutAtWord, oneLine } from '../../shared/cut-text.ts'
import { eventSentence } from '../../shared/event-sentence.ts'
import { reasonForMe } from '../../shared/recipients.ts'
import { isQuietTime, timeOfDay } from './quiet-hours.ts'

const time = z.string().trim().regex(timeOfDay, 'A time is written like 22:00.').default('')

const notificationSettings = z
  .object({
    quietFrom: time,
    quietTo: time,
    groupMillis: z
      .number()
      .min(0, 'Changes can’t be gathered for less than no time.')
      .max(60_000, 'Changes are gathered for at most a minute (60000 ms).')
      .default(1_500),
    /** Event types; empty for all. */
    types: z.array(z.string().trim()).default([]),
  })
  .superRefine(({ quietFrom, quietTo }, context) => {
    if ((quietFrom === '') !== (quietTo === ''))
      context.addIssue({ code: 'custom', message: 'Quiet hours need a beginning and an end.' })
    else if (quietFrom !== '' && quietFrom === quietTo)
      context.addIssue({ code: 'custom', message: 'Quiet hours can’t end when they begin.' })
  })
type NotificationSettings = z.infer<typeof notificationSettings>
type Context = DeliveryContext<NotificationSettings>

const form: readonly InboxField[] = [
  { kind: 'time', name: 'quietFrom', label: 'Quiet from', placeholder: '22:00', optional: true },
  {
    kind: 'time',
    name: 'quietTo',
    label: 'Quiet to',
    placeholder: '07:00',
    optional: true,
    help: 'In quiet hours nothing pops up; it waits in the inbox.',
  },
  {
    kind: 'number',
    name: 'groupMillis',
    label: 'Gather changes for',
    unit: 'ms',
    help: 'What comes within that time is shown as one.',
    min: 0,
    max: 60_000,
  },
  {
    kind: 'texts',
    name: 'types',
    label: 'Only these changes',
    help: 'Leave empty for all but viewing.',
    placeholder: 'commented',
    suggestions: eventTypeNames,
  },
]

/** Characters that desktops show of a body before they cut it themselves. */
const longestBody = 250
const longestTitle = 100
/** Issues that a summary names; the rest is a number. */
const namedIssues = 3

const pathOf = (key: string): string => `/issue/${encodeURIComponent(key)}`

function headed(event: RecordedEvent, workspace: WorkspaceReader): string {
  const title = oneLine(workspace.issue(event.streamId).title)
  return cutAtWord(`${workspace.issueKey(event.streamId)} ${title}`, longestTitle)
}

function sentenceFor(event: RecordedEvent, workspace: WorkspaceReader): string {
  const lost = reasonForMe(event, workspace) === 'superseded'
  const sentence = eventSentence(event, workspace, lost ? 100 : 200)
  return cutAtWord(lost ? `${sentence}, before your own change, which has no effect` : sentence, longestBody)
}

/** What is shown for events, of which there is at least one: themselves, or a summary. */
function notificationFor(
  first: RecordedEvent,
  events: readonly RecordedEvent[],
  workspace: WorkspaceReader,
): Notification {
  const byIssue = Map.groupBy(events, (event) => event.streamId)
  if (byIssue.size === 1) {
    const sentence = sentenceFor(events.at(-1) ?? first, workspace)
    return {
      tag: first.streamId,
      title: headed(first, workspace),
      body: events.length === 1 ? sentence : `${events.length} changes. The last: ${sentence}`,
      to: pathOf(workspace.issueKey(first.streamId)),
    }
  }
  const named = [...byIssue.values()].slice(0, namedIssues).flatMap(([event]) => event ?? [])
  const rest = byIssue.size - named.length
  return {
    tag: 'summary',
    title: `${events.length} changes on ${byIssue.size} issues`,
    body: [...named.map((event) => headed(event, workspace)), ...(rest > 0 ? [`and ${rest} more`] : [])].join(
      '\n',
    ),
    to: '/inbox',
  }
}

async function show(deliveries: readonly Delivery[], context: Context): Promise<Outcome> {
  const { settings, workspace, host } = context
  if (isQuietTime(settings.quietFrom, settings.quietTo, context.now()))
    return skip(`Quiet hours (${settings.quietFrom} to ${settings.quietTo}); it is in the inbox.`)
  const events = deliveries
    .map(({ event }) => event)
    .filter(({ streamId }) => !workspace.issue(streamId).subscribers[workspace.me]?.muted)
  const [first] = events
  if (!first) return skip('The issue was muted since.')
  const shown = await host.notify(notificationFor(first, events, workspace))
  return shown ? delivered() : skip('There was nowhere to show it; it is in the inbox.')
}

/** Shows what others did, where it concerns whoever sits here, as notifications of the system. */
export const notificationsInbox: DeliveringInbox<NotificationSettings> = {
  name: 'notifications',
  title: 'Desktop notifications',
  about: 'Shows what others did on issues that you are subscribed to, assigned to or mentioned in.',
  scope: 'all',
  onByDefault: true,
  settings: notificationSettings,
  form,
  // A notification that comes an hour late is worse than none.
  pace: { concurrency: 1, attempts: 3, longestBackoffMillis: 10_000 },
  shouldProcess: (event, { settings, workspace }) =>
    (settings.types.length === 0 || settings.types.includes(event.type)) &&
    reasonForMe(event, workspace) !== null,
  gatherMillis: ({ settings }) => settings.groupMillis,
  handle: (delivery, context) => show([delivery], context),
  handleTogether: show,
  targetName: () => 'This computer',
  async test({ host }) {
    const shown = await host.notify({
      tag: 'test',
      title: 'A test from Docket',
      body: 'Notifications work.',
      to: '/inbox',
    })
    return shown ? delivered() : skip('There was nowhere to show it.')
  },
}
