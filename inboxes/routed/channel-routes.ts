import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { isForFollowers } from '#core/events/shipped-facts.ts'
import type { DeliveringInbox, InboxContext, Outcome } from '../contract/inbox.ts'
import { queryMatches } from './query-match.ts'
import { eachOnce, eventTypeNames, routeSettings } from './routed-settings.ts'
import { hostOfAddress, openRoute, queryOutcome, routeById, withRouteOff } from './routes.ts'

/** A channel and which events go to it. */
export const channelRoute = z.object(routeSettings)
/** A channel as the settings keep it; without types it gets all but looking, subscribing and muting. */
export type ChannelRoute = z.infer<typeof channelRoute>

/** The settings of an inbox that posts to channels. */
export const channelSettings = <Route extends z.ZodType<ChannelRoute>>(route: Route) =>
  z.object({
    routes: z.array(route).superRefine(eachOnce).default([]),
    everyRoute: z.boolean().default(false),
  })

/** Asks for channels. @param fields what is asked of each, before which events it gets. */
export const channelForm = (
  fields: readonly Exclude<InboxField, { kind: 'items' }>[],
): readonly InboxField[] => [
  {
    kind: 'items',
    name: 'routes',
    label: 'Channels',
    item: 'channel',
    help: 'An event goes to the first channel whose query its issue matches.',
    testable: true,
    fields: [
      ...fields,
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

type WithChannels<Route extends ChannelRoute> = { routes: Route[]; everyRoute: boolean }

/** The channel of that id. */
export const channelOf = <Route extends ChannelRoute>(
  id: string,
  { settings }: InboxContext<WithChannels<Route>>,
): Route | undefined => routeById(settings.routes, id)

/** The channel of that id where something may be posted to it, or what becomes of the delivery. */
export function openChannel<Route extends ChannelRoute>(
  id: string,
  context: InboxContext<WithChannels<Route>>,
): { readonly to: Route } | { readonly outcome: Outcome } {
  const found = openRoute(context.settings.routes, id, 'channel')
  return found.outcome === undefined ? { to: found.route } : { outcome: found.outcome }
}

/** Why a channel's query can't be used, as an outcome. */
export const channelQueryOutcome = (to: ChannelRoute, context: InboxContext<unknown>): Outcome | undefined =>
  queryOutcome(to.query, `The query of ${to.name}`, context)

const wantsType = (candidate: ChannelRoute, { type }: RecordedEvent): boolean =>
  candidate.enabled && (candidate.types.length === 0 ? isForFollowers(type) : candidate.types.includes(type))

type Routed = 'withoutTarget' | 'shouldProcess' | 'targets' | 'hostOf' | 'targetName'

/** How an inbox that posts to channels finds them: by type and query, the first or all, each webhook's address a secret `url:ID`. */
export const channelRouting = <Route extends ChannelRoute>(): Required<
  Pick<DeliveringInbox<WithChannels<Route>>, Routed>
> => ({
  withoutTarget: (settings, target) => ({ ...settings, routes: withRouteOff(settings.routes, target) }),
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
  hostOf: (target, { secret }) => hostOfAddress(secret(`url:${target}`)),
  targetName: (target, context) => channelOf(target, context)?.name ?? target,
})
