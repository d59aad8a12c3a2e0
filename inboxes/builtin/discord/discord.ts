import { z } from 'zod'
import {
  closed,
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
  channelForm,
  channelOf,
  channelQueryOutcome,
  channelRoute,
  channelRouting,
  channelSettings,
  openChannel,
} from '../../routed/channel-routes.ts'
import { urlSetting } from '../../routed/routed-settings.ts'
import { type DiscordMessage, discordMessage, discordSummary, escapeDiscord } from './discord-message.ts'
import { type DiscordRateLimits, discordRateLimits } from './rate-limits.ts'

const route = channelRoute.extend({
  /** The thread of the channel that messages go to; empty for the channel itself. */
  thread: z
    .string()
    .trim()
    .regex(/^(\d{15,20})?$/, 'is a number of 15 to 20 digits, or nothing')
    .default(''),
})
type DiscordRoute = z.infer<typeof route>
const discordSettings = channelSettings(route).extend({
  /** Where a browser finds this workspace; empty where none does. */
  webAddress: z.union([z.literal(''), urlSetting]).default(''),
})
type DiscordSettings = z.infer<typeof discordSettings>
type Context = DeliveryContext<DiscordSettings>

const form = [
  ...channelForm([
    { kind: 'text', name: 'name', label: 'Name', placeholder: '#support' },
    {
      kind: 'secret',
      name: 'url',
      label: 'Webhook address',
      help: 'Discord makes one for a channel under “Integrations”, “Webhooks”. Whoever knows it can post there.',
    },
    {
      kind: 'text',
      name: 'thread',
      label: 'Thread',
      help: 'The id of a thread of that channel, where messages should go there.',
      placeholder: '1045678901234567890',
      optional: true,
    },
  ]),
  {
    kind: 'url',
    name: 'webAddress',
    label: 'Where a browser finds Docket',
    help: 'Titles link there. Discord links to no address of an app, so without this a message names it.',
    placeholder: 'https://docket.example.org/',
    optional: true,
  },
] as const

/** What Discord's own codes mean: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const codes: Readonly<Record<number, Outcome>> = {
  10003: giveUp('The channel of this webhook is not in Discord any more.'),
  10015: gone(
    'Discord does not know this webhook any more. Make a new one in Discord and enter its address.',
  ),
  50027: gone('Discord does not accept this webhook’s address. Copy it from Discord again.'),
  50083: giveUp('The thread is archived in Discord.'),
  220001: giveUp('The channel is a forum: enter the id of one of its threads.'),
  50035: giveUp('Discord could not read the message.'),
}

function codeOf(text: string): number | undefined {
  try {
    const { code } = JSON.parse(text) as { readonly code?: unknown }
    return typeof code === 'number' ? code : undefined
  } catch {
    return undefined
  }
}

/** What a refusal of Discord means; nothing where it is what it usually is. */
function judged({ status, text }: HttpAnswer): Outcome | undefined {
  if (status < 400 || status >= 500 || status === 429) return undefined
  const code = codeOf(text)
  const known = code === undefined ? undefined : codes[code]
  if (known) return known
  // Without a word of Discord's own: the address leads nowhere.
  return status === 401 || status === 404
    ? gone(`Discord does not know this webhook (${status}). Make a new one in Discord and enter its address.`)
    : undefined
}

/** The address with what is asked of it: the message back, so that what could not be kept is refused; and the thread. */
function addressOf(url: string, thread: string): string {
  const address = new URL(url)
  address.searchParams.set('wait', 'true')
  if (thread !== '') address.searchParams.set('thread_id', thread)
  return address.href
}

async function post(
  to: DiscordRoute,
  message: DiscordMessage,
  context: Context,
  limits: DiscordRateLimits,
): Promise<Outcome> {
  const url = context.secret(`url:${to.id}`)
  if (url === undefined) return hold(`${to.name} has no webhook address. Enter it in the settings.`)
  if (!URL.canParse(url)) return giveUp('This is not an address like https://discord.com/api/webhooks/….')
  const { host, pathname } = new URL(url)
  // The id, by which Discord counts, is before the token.
  const webhook = host + pathname.split('/').slice(0, -1).join('/')
  const wait = limits.wait(webhook, context.now())
  if (wait > 0) return closed('Discord takes no message of this webhook for a moment.', wait)
  let waits: number | undefined
  const outcome = await deliverOverHttp(
    {
      method: 'POST',
      url: addressOf(url, to.thread),
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      // The address is the secret; a path of one sign would blot out every slash.
      secrets: [url, ...(pathname.length > 8 ? [pathname] : [])],
      judge(answer) {
        waits = limits.note(webhook, answer, context.now())
        return judged(answer)
      },
    },
    context,
  )
  return outcome.kind === 'closed' && waits !== undefined
    ? closed('Discord asked for a pause (429).', waits)
    : outcome
}

/** Posts to Discord channels through webhooks, each channel with a query of its own. */
export function discordInbox(): DeliveringInbox<DiscordSettings> {
  const limits = discordRateLimits()
  const routing = channelRouting<DiscordRoute>()
  return {
    ...routing,
    withoutTarget: (settings, target) => ({ ...settings, ...routing.withoutTarget(settings, target) }),
    name: 'discord',
    title: 'Discord',
    about: 'Posts what happens to Discord channels.',
    scope: 'own',
    onByDefault: false,
    settings: discordSettings,
    form,
    pace: { concurrency: 1 },
    joins: true,
    async handle({ target, event }, context) {
      const channel = openChannel(target, context)
      if ('outcome' in channel) return channel.outcome
      const { webAddress } = context.settings
      return (
        channelQueryOutcome(channel.to, context) ??
        post(channel.to, discordMessage(event, context.workspace, webAddress), context, limits)
      )
    },
    async handleTogether(deliveries, context) {
      const channel = openChannel(deliveries[0]?.target ?? '', context)
      if ('outcome' in channel) return channel.outcome
      const events = deliveries.map(({ event }) => event)
      const { webAddress } = context.settings
      return post(channel.to, discordSummary(events, context.workspace, webAddress), context, limits)
    },
    async test(context, target) {
      const to = target === undefined ? context.settings.routes[0] : channelOf(target, context)
      if (!to) return giveUp(target === undefined ? 'There is no channel yet.' : 'This channel was removed.')
      const text = `A test from Docket (${context.workspace.workspace().name}): this channel works.`
      return post(
        to,
        { embeds: [{ description: escapeDiscord(text) }], allowed_mentions: { parse: [] } },
        context,
        limits,
      )
    },
  }
}
