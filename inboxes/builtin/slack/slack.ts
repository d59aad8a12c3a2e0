import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { isForFollowers } from '#core/events/shipped-facts.ts'
import {
  type DeliveringInbox,
  type DeliveryContext,
  giveUp,
  gone,
  hold,
  type InboxContext,
  type Outcome,
  skip,
} from '../../contract/inbox.ts'
import { deliverOverHttp } from '../../http/http-delivery.ts'
import type { HttpAnswer } from '../../http/http-response.ts'
import { queryMatches, queryProblem, querySetting } from '../../routed/query-match.ts'
import { eachOnce, eventTypeNames, itemId } from '../../routed/routed-settings.ts'
import { escapeSlack, type SlackMessage, slackMessage, slackSummary } from './slack-message.ts'

const route = z.object({
  id: itemId,
  name: z.string().trim().min(1, 'needs a name'),
  query: querySetting,
  /** Event types; empty for all but looking, subscribing and muting. */
  types: z.array(z.string().trim()).default([]),
  enabled: z.boolean().default(true),
})
const slackSettings = z.object({
  routes: z.array(route).superRefine(eachOnce).default([]),
  everyRoute: z.boolean().default(false),
})
type SlackRoute = z.infer<typeof route>
type SlackSettings = z.infer<typeof slackSettings>
type Context = InboxContext<SlackSettings>

const form: readonly InboxField[] = [
  {
    kind: 'items',
    name: 'routes',
    label: 'Channels',
    item: 'channel',
    help: 'An event goes to the first channel whose query its issue matches.',
    testable: true,
    fields: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: '#support' },
      {
        kind: 'secret',
        name: 'url',
        label: 'Webhook address',
        help: 'Slack makes one for a channel under “Incoming Webhooks”. Whoever knows it can post there.',
      },
      {
        kind: 'query',
        name: 'query',
        label: 'Only issues that match',
        placeholder: 'label:bug',
        optional: true,
      },
      {
        kind: 'texts',
        name: 'types',
        label: 'Event types',
        help: 'Leave empty for all but viewing, subscribing and muting.',
        placeholder: 'commented',
        suggestions: eventTypeNames,
      },
      { kind: 'switch', name: 'enabled', label: 'Post to this channel' },
    ],
  },
  {
    kind: 'switch',
    name: 'everyRoute',
    label: 'Post to every channel that matches',
    help: 'Otherwise the first one that matches gets the message.',
  },
]

/** What Slack's own words mean: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
const slackErrors: Readonly<Record<string, string>> = {
  no_service: 'Slack does not know this webhook any more. Make a new one in Slack and enter its address.',
  no_team: 'The Slack workspace of this webhook is gone.',
  no_service_id: 'The webhook address is not complete. Copy it from Slack again.',
  invalid_token: 'Slack does not accept this webhook’s address. Copy it from Slack again.',
  no_active_hooks: 'This webhook was switched off in Slack.',
  team_disabled: 'The Slack workspace of this webhook was switched off.',
  user_not_found: 'The person that this webhook posts to is not in Slack any more.',
  channel_not_found: 'The channel of this webhook is not in Slack any more.',
  channel_is_archived: 'The channel of this webhook is archived in Slack.',
  action_prohibited: 'An administrator of Slack does not let this webhook post.',
  posting_to_general_channel_denied: 'Slack does not let this webhook post to the general channel.',
  invalid_payload: 'Slack could not read the message.',
  invalid_blocks: 'Slack could not read the message’s blocks.',
  invalid_blocks_format: 'Slack could not read the message’s blocks.',
  no_text: 'Slack found no text in the message.',
  too_many_attachments: 'Slack found too many attachments in the message.',
}

function judge({ status, text }: HttpAnswer): Outcome | undefined {
  const sentence = status >= 400 && status < 500 ? slackErrors[text.trim()] : undefined
  if (sentence === undefined) return undefined
  return status === 410 ? gone(sentence) : giveUp(sentence)
}

const routeOf = (id: string, { settings }: Context): SlackRoute | undefined =>
  settings.routes.find((candidate) => candidate.id === id)

const wantsType = (candidate: SlackRoute, { type }: RecordedEvent): boolean =>
  candidate.enabled && (candidate.types.length === 0 ? isForFollowers(type) : candidate.types.includes(type))

async function post(
  to: SlackRoute,
  message: SlackMessage,
  context: DeliveryContext<SlackSettings>,
): Promise<Outcome> {
  const url = context.secret(`url:${to.id}`)
  if (url === undefined) return hold(`${to.name} has no webhook address. Enter it in the settings.`)
  const path = URL.canParse(url) ? new URL(url).pathname : ''
  return deliverOverHttp(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      // The address is the secret; a path of one sign would blot out every slash.
      secrets: [url, ...(path.length > 8 ? [path] : [])],
      judge,
    },
    context,
  )
}

/** Posts to Slack channels through incoming webhooks, each channel with a query of its own. */
export const slack: DeliveringInbox<SlackSettings> = {
  name: 'slack',
  title: 'Slack',
  about: 'Posts what happens to Slack channels.',
  scope: 'own',
  onByDefault: false,
  settings: slackSettings,
  form,
  // Slack takes about one message a second for each webhook.
  pace: { concurrency: 1, everyMillis: 1_000 },
  joins: true,
  withoutTarget: (settings, target) => ({
    ...settings,
    routes: settings.routes.map((each) => (each.id === target ? { ...each, enabled: false } : each)),
  }),
  shouldProcess: (event, { settings }) => settings.routes.some((candidate) => wantsType(candidate, event)),
  targets(event, context) {
    const { routes, everyRoute } = context.settings
    const found: string[] = []
    for (const candidate of routes) {
      if (!wantsType(candidate, event)) continue
      const matches = queryMatches(candidate.query, event, context.workspace, context.now())
      // A query that can't be looked up gets a delivery that says so, and does not stand before the routes after it.
      if (!matches.ok || matches.value) found.push(candidate.id)
      if (matches.ok && matches.value && !everyRoute) break
    }
    return found
  },
  hostOf(target, { secret }) {
    const url = secret(`url:${target}`) ?? ''
    return URL.canParse(url) ? new URL(url).host : undefined
  },
  targetName: (target, context) => routeOf(target, context)?.name ?? target,
  async handle({ target, event }, context) {
    const to = routeOf(target, context)
    if (!to) return giveUp('This channel was removed.')
    if (!to.enabled) return skip('This channel is switched off.')
    const problem = queryProblem(to.query, context.workspace, context.now())
    if (problem !== undefined)
      return giveUp(`The query of ${to.name} can’t be used. ${problem} Mend it, then replay.`)
    return post(to, slackMessage(event, context.workspace), context)
  },
  async handleTogether(deliveries, context) {
    const target = deliveries[0]?.target ?? ''
    const to = routeOf(target, context)
    if (!to) return giveUp('This channel was removed.')
    if (!to.enabled) return skip('This channel is switched off.')
    return post(
      to,
      slackSummary(
        deliveries.map(({ event }) => event),
        context.workspace,
      ),
      context,
    )
  },
  async test(context, target) {
    const to = target === undefined ? context.settings.routes[0] : routeOf(target, context)
    if (!to) return giveUp(target === undefined ? 'There is no channel yet.' : 'This channel was removed.')
    const text = escapeSlack(
      `A test from Docket (${context.workspace.workspace().name}): this channel works.`,
    )
    return post(
      to,
      { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }] },
      context,
    )
  },
}
