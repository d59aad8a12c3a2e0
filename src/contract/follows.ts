import type { CallInput, CallName, CallOutput } from './calls.ts'

/** What a host says has changed, by itself; `server` is what the sync server alone knows. */
export type Changing = 'issues' | 'entities' | 'inboxes' | 'server'

/** What makes a call's answer stale. */
type Follows<Name extends CallName> = {
  readonly follows: readonly Changing[]
  /** Totals and names beside what a person looks at: they may trail behind issues. */
  readonly trails?: true
  /** The issues that an answer is about, `null` for any; an answer about some is stale where one of these changed. */
  readonly about?: (input: CallInput<Name>, answer: CallOutput<Name> | undefined) => readonly string[] | null
}

type Scope = CallInput<'feed.page'>['scope'] | CallInput<'history.strip'>['over']
const ofScope = (scope: Scope): readonly string[] | null => (scope.kind === 'issue' ? [scope.issueId] : null)

/**
 * What makes the answers stale that a window keeps, said once a call, beside the calls since the window carries no schemas.
 * `useCall` and `usePages` take these calls alone. The messages of the host carry the answers of those that follow nothing.
 */
export const follows = {
  'app.info': { follows: ['entities'], trails: true },
  'workspace.notes': { follows: ['issues'], trails: true },
  'entities.list': { follows: ['entities', 'issues'], trails: true },
  'members.list': { follows: ['entities', 'issues'], trails: true },
  'labels.list': { follows: ['entities', 'issues'], trails: true },
  'projects.list': { follows: ['entities', 'issues'], trails: true },
  'issues.list': { follows: ['issues'] },
  'issues.order': { follows: ['issues'] },
  'issues.count': { follows: ['issues'] },
  'issues.sums': { follows: ['issues'], trails: true },
  'issues.get': {
    follows: ['entities', 'issues'],
    // An issue that was not found yet may be the one that has just been created.
    about: (_, issue) => (issue ? [issue.id, ...issue.links.map((link) => link.issue.id)] : null),
  },
  'feed.page': { follows: ['issues'], about: ({ scope }) => ofScope(scope) },
  'history.strip': { follows: ['issues'], trails: true, about: ({ over }) => ofScope(over) },
  'search.issues': { follows: ['issues'], trails: true },
  'conflicts.list': {
    follows: ['issues'],
    trails: true,
    about: ({ issueId }) => (issueId === undefined ? null : [issueId]),
  },
  'eventTypes.list': { follows: ['entities'] },
  'rules.list': { follows: ['entities', 'inboxes'] },
  'inboxes.list': { follows: ['issues', 'inboxes'] },
  'deliveries.list': { follows: ['issues', 'inboxes'] },
  'deliveries.plot': { follows: ['issues', 'inboxes'] },
  'notices.list': { follows: ['issues', 'inboxes'] },
  'team.get': { follows: ['server'] },
  'jobs.list': { follows: [] },
  'sync.status': { follows: [] },
} as const satisfies { readonly [Name in CallName]?: Follows<Name> }

/** A call whose answer a window keeps and asks for again once it is stale. */
export type KeptCall = keyof typeof follows

type Kept = {
  readonly follows: readonly Changing[]
  readonly trails?: true
  /** Of the call's own input and answer. */
  readonly about?: (input: never, answer: never) => readonly string[] | null
}

/** What makes a kept answer stale, by the name of its call; `undefined` for what is asked once. */
export const whatFollows = (name: unknown): Kept | undefined =>
  typeof name === 'string' && Object.hasOwn(follows, name) ? follows[name as KeptCall] : undefined
