import type { z } from 'zod'
import {
  type DeliveringInbox,
  type DeliveryContext,
  giveUp,
  gone,
  hold,
  type Outcome,
} from '../../contract/inbox.ts'
import { deliverOverHttp } from '../../http/http-delivery.ts'
import type { HttpAnswer } from '../../http/http-response.ts'
import {
  type ChannelRoute,
  channelForm,
  channelOf,
  channelQueryOutcome,
  channelRoute,
  channelRouting,
  channelSettings,
  openChannel,
} from '../../routed/channel-routes.ts'
import { escapeSlack, type SlackMessage, slackMessage, slackSummary } from './slack-message.ts'

const slackSettings = channelSettings(channelRoute)
type SlackSettings = z.infer<typeof slackSettings>

const form = channelForm([
  { kind: 'text', name: 'name', label: 'Name', placeholder: '#support' },
  {
    kind: 'secret',
    name: 'url',
    label: 'Webhook address',
    help: 'Slack makes one for a channel under “Incoming Webhooks”. Whoever knows it can post there.',
  },
])

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

async function post(
  to: ChannelRoute,
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
  ...channelRouting<ChannelRoute>(),
  async handle({ target, event }, context) {
    const channel = openChannel(target, context)
    if ('outcome' in channel) return channel.outcome
    return (
      channelQueryOutcome(channel.to, context) ??
      post(channel.to, slackMessage(event, context.workspace), context)
    )
  },
  async handleTogether(deliveries, context) {
    const channel = openChannel(deliveries[0]?.target ?? '', context)
    if ('outcome' in channel) return channel.outcome
    const events = deliveries.map(({ event }) => event)
    return post(channel.to, slackSummary(events, context.workspace), context)
  },
  async test(context, target) {
    const to = target === undefined ? context.settings.routes[0] : channelOf(target, context)
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
