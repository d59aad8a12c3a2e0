import { z } from 'zod'
import { command } from '#core/commands.ts'
import { recordCommand } from '#core/event-types/event-type-commands.ts'
import { rule } from '#core/rules/rule.ts'
import { line } from '#core/text/text.ts'
import { eventId, issueId, memberId, ruleId } from '#core/values/ids.ts'
import type {
  AppInfo,
  ChosenFile,
  EntityViews,
  EventTypeView,
  FeedPage,
  IssueCount,
  IssueDetail,
  IssueOrder,
  IssuePageView,
  IssueSums,
  JobView,
  LabelView,
  MemberView,
  ProjectView,
  SearchResult,
  StripView,
  WorkspaceNote,
} from './answers/answers.ts'
import type { DryRunView, RuleView } from './answers/rule-answers.ts'
import type { ConflictPage, SyncView, TeamView } from './answers/sync-answers.ts'
import { type Call, call, instant, limit, none } from './calls/call.ts'
import { inboxCalls } from './calls/inbox-calls.ts'
import { importFormats } from './import-formats.ts'
import { type Invited, role } from './sync-api/team.ts'

/** The filter language; see `docs/filter-language.md`. */
const query = z.string().max(2_000)

export const feedScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('workspace') }),
  z.strictObject({ kind: z.literal('issue'), issueId }),
  z.strictObject({ kind: z.literal('actor'), memberId }),
])
export type FeedScope = z.infer<typeof feedScope>

/** Stands for one file that the person chose in a dialog or handed over, once. The window never names a path. */
const heldName = z.string().regex(/^[\w-]{1,64}$/, 'is no name of a kept order')
const fileToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is no token of a file')
/** Every call of the contract. One loop registers them in each host; there is no other channel. */
export const calls = {
  'app.info': call<AppInfo>()(none),
  /** What the person who sits here says of themselves: what they are called, and whether the team may know which issues they open. */
  'me.set': call<null>()(z.strictObject({ name: line.optional(), recordsViews: z.boolean().optional() })),
  /** What there is to know of the history itself, worst first; nearly always nothing. */
  'workspace.notes': call<readonly WorkspaceNote[]>()(none),
  /** Labels, projects and people, all at once. */
  'entities.list': call<EntityViews>()(none),
  'members.list': call<readonly MemberView[]>()(none),
  'labels.list': call<readonly LabelView[]>()(none),
  'projects.list': call<readonly ProjectView[]>()(none),
  /**
   * Rows that match, in the query's order. `cursor` continues a page; `offset` jumps (0-based) for a scrollbar drag. With `held` they
   * come in the order in which the query was when that name, of the caller's choice, was first used; what left the query stays in it.
   */
  'issues.list': call<IssuePageView>()(
    z.strictObject({
      query,
      limit,
      cursor: z.string().max(4_000).optional(),
      offset: z.int().nonnegative().optional(),
      held: heldName.optional(),
    }),
  ),
  /**
   * Whether the order held under a name would be another now; where an issue stands in it. `take` lets issues come into it or go, each
   * by itself, where they belong now.
   */
  'issues.order': call<IssueOrder>()(
    z.strictObject({
      query,
      held: heldName,
      find: issueId.optional(),
      take: z.array(issueId).max(1_000).optional(),
    }),
  ),
  'issues.count': call<IssueCount>()(z.strictObject({ query })),
  /** What the fields that are added up come to, of the issues that match. */
  'issues.sums': call<IssueSums>()(z.strictObject({ query })),
  /** By key (`DOC-42`), id or another tracker's key; `at` shows it as of that instant. */
  'issues.get': call<IssueDetail>()(
    z.strictObject({ key: z.string().min(1).max(300), at: instant.optional() }),
  ),
  /** Newest first, by (`occurredAt`, `position`). */
  'feed.page': call<FeedPage>()(
    z.strictObject({
      scope: feedScope,
      limit,
      before: z.string().max(200).optional(),
      at: instant.optional(),
    }),
  ),
  /** Over the events of one feed, or of the issues that a query matches; a single `active:` in it chooses a part of them. */
  'history.strip': call<StripView>()(
    z.strictObject({
      over: z.union([feedScope, z.strictObject({ kind: z.literal('query'), query })]),
    }),
  ),
  /** As typed: prefixes match, newest first for very common words. */
  'search.issues': call<SearchResult>()(
    z.strictObject({ text: z.string().max(500), limit: z.int().min(1).max(50).default(20) }),
  ),
  'commands.execute': call<{
    readonly issueId: string | null
    readonly key: string | null
    readonly position: number
    readonly events: number
  }>()(z.strictObject({ command, expectedVersion: z.int().nonnegative().optional() })),
  /** The types of events of the workspace's own, by name, retired ones with them. */
  'eventTypes.list': call<readonly EventTypeView[]>()(none),
  /** Records an event of such a type on an issue, found by key or id; `throttle` in milliseconds. */
  'events.record': call<{ readonly issueId: string; readonly key: string; readonly position: number }>()(
    z.strictObject({
      key: z.string().min(1).max(300),
      type: recordCommand.shape.eventType,
      data: recordCommand.shape.data.default({}),
      throttle: recordCommand.shape.throttle,
    }),
  ),
  'rules.list': call<readonly RuleView[]>()(none),
  /** What a rule, there or only tried, would have done since an instant; from the start where absent. */
  'rules.dryRun': call<DryRunView>()(
    z
      .strictObject({ ruleId: ruleId.optional(), rule: rule.optional(), since: instant.optional() })
      .refine(
        (input) => (input.ruleId === undefined) !== (input.rule === undefined),
        'names either a rule that is there (ruleId) or one to try (rule)',
      ),
  ),
  'jobs.list': call<readonly JobView[]>()(none),
  'jobs.start': call<JobView>()(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('import'),
        format: z.enum(importFormats),
        /** Takes GitHub's pull requests as issues; they are passed over where absent. */
        withPullRequests: z.boolean().optional(),
        token: fileToken,
      }),
      /** Without a token into a file that the host keeps until `files.download`. */
      z.strictObject({
        kind: z.literal('export'),
        format: z.enum(['jsonl', 'csv', 'markdown']),
        /** Who opened which issue too, in `jsonl`. */
        withViews: z.boolean().optional(),
        /** Begins CSV with the mark by which Excel knows UTF-8. */
        excel: z.boolean().optional(),
        token: fileToken.optional(),
      }),
      /** A copy of the history, verified. Without a token as an export. */
      z.strictObject({ kind: z.literal('backup'), token: fileToken.optional() }),
      z.strictObject({ kind: z.literal('verify') }),
      z.strictObject({ kind: z.literal('rebuild') }),
    ]),
  ),
  'jobs.cancel': call<JobView>()(z.strictObject({ id: z.string().max(100) })),
  ...inboxCalls,
  'sync.status': call<SyncView>()(none),
  /** Takes an invite: this workspace, with all that it has, and the server's become one. `ca`: a PEM certificate to trust for this server. */
  'sync.join': call<SyncView>()(
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }).max(2_000),
      invite: z.string().trim().min(1).max(1_000),
      device: line.optional(),
      ca: z.string().max(100_000).optional(),
      /** Begins end-to-end encryption; for the first to join a workspace, before anything is sent. */
      encrypt: z.boolean().optional(),
    }),
  ),
  /** Tries at once, also while paused, and answers when that round is over. */
  'sync.now': call<SyncView>()(none),
  'sync.pause': call<SyncView>()(none),
  'sync.resume': call<SyncView>()(none),
  /** Goes on without the payload of an event that does not open: it is kept in its place and does nothing. */
  'sync.passOver': call<SyncView>()(z.strictObject({ event: eventId })),
  /** Goes on alone, with everything that is here. */
  'sync.leave': call<SyncView>()(none),
  'team.get': call<TeamView>()(none),
  /** `text` is what is handed over: it holds the server's address, the code and, where encrypted, the key. */
  'team.invite': call<Invited & { readonly text: string }>()(
    z.strictObject({
      role: role.default('member'),
      memberId: memberId.optional(),
      hours: z
        .int()
        .min(1)
        .max(24 * 30)
        .default(72),
    }),
  ),
  'team.withdrawInvite': call<TeamView>()(z.strictObject({ inviteId: z.string().max(100) })),
  'team.changeRole': call<TeamView>()(z.strictObject({ memberId, role })),
  /** Takes all of somebody's devices off and, where encrypted, begins a new key. */
  'team.removeMember': call<TeamView>()(z.strictObject({ memberId })),
  'team.revokeDevice': call<TeamView>()(z.strictObject({ deviceId: z.string().max(100) })),
  /** Newest first. */
  'conflicts.list': call<ConflictPage>()(
    z.strictObject({
      show: z.enum(['open', 'settled', 'all']).default('open'),
      issueId: issueId.optional(),
      limit,
      before: z.string().max(300).optional(),
    }),
  ),
  /** Lets the person choose a file in the host's own dialog; `null` where they don't, and where the host has none (`app.info`). */
  'files.pick': call<{ readonly file: ChosenFile | null }>()(
    z.strictObject({ purpose: z.enum(['import', 'export', 'backup']) }),
  ),
  /** Copies what a job has to hand out to a place that the person chose for an export. */
  'files.save': call<null>()(z.strictObject({ job: z.string().max(100), token: fileToken })),
  /** A token to download, once, what a job has to hand out: an export or a backup without a place, or all that an import could not take. */
  'files.download': call<ChosenFile>()(z.strictObject({ job: z.string().max(100) })),
} as const satisfies Record<string, Call>

export type Calls = typeof calls
export type CallName = keyof Calls
/** What a caller hands in: defaults may be left out. */
export type CallInput<Name extends CallName> = z.input<Calls[Name]['input']>
/** What the host works with: defaults are filled in. */
export type CallRequest<Name extends CallName> = z.output<Calls[Name]['input']>
export type CallOutput<Name extends CallName> =
  Calls[Name] extends Call<z.ZodType, infer Output> ? Output : never

export const callNames = Object.keys(calls) as CallName[]
export const isCallName = (name: unknown): name is CallName =>
  typeof name === 'string' && Object.hasOwn(calls, name)
