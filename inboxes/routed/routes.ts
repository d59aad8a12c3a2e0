import { giveUp, type InboxContext, type Outcome, skip } from '../contract/inbox.ts'
import { queryProblem } from './query-match.ts'

/** What an inbox sends events to, as every routed inbox has it. */
export type Route = { readonly id: string; readonly name: string; readonly enabled: boolean }

/** A route by its id. */
export const routeById = <R extends Route>(routes: readonly R[], id: string): R | undefined =>
  routes.find((route) => route.id === id)

/** The routes with one of them switched off. */
export const withRouteOff = <R extends Route>(routes: readonly R[], id: string): R[] =>
  routes.map((route) => (route.id === id ? { ...route, enabled: false } : route))

/** The host of an address; `undefined` where there is no address, or it is none. */
export const hostOfAddress = (url = ''): string | undefined =>
  URL.canParse(url) ? new URL(url).host : undefined

/** A route, or what becomes of a delivery to it where it takes none. */
export type FoundRoute<R> =
  | { readonly route: R; readonly outcome?: never }
  | { readonly route?: never; readonly outcome: Outcome }

/** The route that a delivery goes to, unless it is gone or off. @param called what the inbox calls a route: "channel". */
export function openRoute<R extends Route>(
  routes: readonly R[],
  target: string,
  called: string,
): FoundRoute<R> {
  const route = routeById(routes, target)
  if (!route) return { outcome: giveUp(`This ${called} was removed.`) }
  return route.enabled ? { route } : { outcome: skip(`This ${called} is switched off.`) }
}

/** The route that a test goes to: the one that is named, else the first. @param called what the inbox calls a route: "channel". */
export function routeToTest<R extends Route>(
  routes: readonly R[],
  target: string | undefined,
  called: string,
): FoundRoute<R> {
  const route = target === undefined ? routes[0] : routeById(routes, target)
  if (route) return { route }
  return {
    outcome: giveUp(target === undefined ? `There is no ${called} yet.` : `This ${called} was removed.`),
  }
}

/** What becomes of a delivery whose query can't be looked up any more; `undefined` where it can. @param called whose query it is: "The query of CI". */
export function queryOutcome(
  query: string,
  called: string,
  { workspace, now }: Pick<InboxContext, 'workspace' | 'now'>,
): Outcome | undefined {
  const problem = queryProblem(query, workspace, now())
  return problem === undefined
    ? undefined
    : giveUp(`${called} can’t be used. ${problem} Mend it, then replay.`)
}
