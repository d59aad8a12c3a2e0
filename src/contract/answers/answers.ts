import type { EntityRow, ListedEntity, ListedType } from '#core/entities/kinds/entities.ts'
import type { RegisteredType } from '#core/event-types/registered-type.ts'
import type { ActivityKind } from '#core/events/facts/event-facts.ts'
import type { FieldKey, FieldValues } from '#core/issue/fields/fields.ts'
import type { ChosenUnits } from '#core/issue/fields/units.ts'
import type { LinkKind } from '#core/issue/issue-events.ts'
import type { Refusal } from '#core/values/refusal.ts'
import type { StateCategory, Transition, Workflow } from '#core/workflow/workflow.ts'
import type { Notification } from './inbox-answers.ts'
import type { SyncView } from './sync-answers.ts'

/** What the host answers. Times are milliseconds since 1970; ids are lower-case UUIDs. */
export type AppInfo = {
  /** Whether `files.pick` shows a dialog; else files are uploaded and downloaded. */
  readonly picksFiles: boolean
  /** Whether `inboxes.trust` asks in a dialog of the host; else a file is trusted in a terminal. */
  readonly confirmsTrust: boolean
  /** Whether the host shows notifications by itself; else the window asks the person and shows them. */
  readonly notifies: boolean
  /** What a link to a place in the window begins with; `null` for the window's own address. */
  readonly linkBase: string | null
  readonly version: string
  readonly workspace: {
    readonly id: string
    readonly name: string
    readonly keyPrefix: string
    /** What it counts fields of issues in, by the field's name, where it chose. */
    readonly units: ChosenUnits
    readonly folder: string
  }
  readonly me: MemberView
  /** Whether the person still has to be asked what they are called: so far it is the name of their account on this computer. */
  readonly asksForName: boolean
  /** Whether the issues that the person opens are told to the team. */
  readonly recordsViews: boolean
  readonly workflow: Workflow
  readonly readOnly: boolean
  /** The last position in the log. */
  readonly position: number
  readonly platform: string
}

/** Something to know of the workspace's history itself, in words, with the command that puts it right where there is one. */
export type WorkspaceNote = {
  readonly code: 'log_behind' | 'wrong_clock'
  readonly title: string
  readonly text: string
  readonly command: string | null
}

/** A label, project or member, with how many open issues have it. */
export type EntityView<Type extends ListedType> = EntityRow<Type> & { readonly open: number }
/** All of them, by kind. */
export type EntityViews = { readonly [E in ListedEntity as E['plural']]: readonly EntityView<E['type']>[] }

export type LabelView = EntityView<'label'>
export type ProjectView = EntityView<'project'>
/** A person, with the colour of their sign. */
export type MemberView = EntityRow<'member'> & { readonly colour: string; readonly assignedOpen: number }

/** One line of a list, or one card of a board. */
export type IssueRow = FieldValues & {
  readonly id: string
  readonly key: string
  readonly status: string
  readonly assignees: readonly string[]
  readonly labels: readonly string[]
  readonly comments: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly archived: boolean
}

export type IssuePageView = {
  readonly rows: readonly IssueRow[]
  /** Hand back as `cursor` for the rows after these; `null` at the end. */
  readonly next: string | null
  /** Where the order was held: how many are in it, and which of these rows no longer match. */
  readonly held?: { readonly total: number; readonly left: readonly string[] }
}

/** `changed`: whether a held order would be another now. `at`: where the issue asked for stands in it, from 0. */
export type IssueOrder = { readonly changed: boolean; readonly at: number | null }

/** How many issues a query matches, in all and by status. */
/** What the fields that are added up come to, by status; a field that no issue of it has is absent. */
export type IssueSums = Readonly<Record<string, { readonly [Key in FieldKey]?: number }>>
export type IssueCount = { readonly total: number; readonly byStatus: Readonly<Record<string, number>> }

export type LinkedIssue = {
  readonly kind: LinkKind
  /** `out`: this issue KIND that one; `in`: that one KIND this issue. */
  readonly direction: 'out' | 'in'
  readonly issue: Pick<IssueRow, 'id' | 'key' | 'title' | 'status'>
  /** Why the link has no effect, as a sentence; `null` where it has. */
  readonly withoutEffect: string | null
}

export type AttachmentView = {
  /** The event that attached it. */
  readonly id: string
  readonly name: string
  /** Where it lies; `null` where nobody said, or it is no address of the web. */
  readonly url: string | null
  /** In bytes, where it is known. */
  readonly size: number | null
}

/** What a text that was imported names; the rest of what looks like a key or a handle there is neither of ours. */
export type TextNames = {
  /** Our key of each issue, by the reference as it is written: `#9`, `owner/name#9`, `ABC-12`. */
  readonly issues: Readonly<Record<string, string>>
  /** The id of each member, by what stands behind the `@`, lower case. */
  readonly people: Readonly<Record<string, string>>
}

export type IssueDetail = IssueRow & {
  readonly description: string
  /** What the description names where an import brought it as it is; `null` where somebody here wrote it. */
  readonly descriptionNames: TextNames | null
  readonly category: StateCategory
  readonly authorId: string | null
  readonly externalKey: string | null
  readonly links: readonly LinkedIssue[]
  /** Files that came with it from elsewhere, oldest first. */
  readonly attachments: readonly AttachmentView[]
  /** Who hears of it; who muted it is left out. */
  readonly subscribers: readonly string[]
  /** Whether the member who sits here muted it. */
  readonly muted: boolean
  readonly fields: Readonly<Record<string, unknown>>
  /** What the issue machine allows now; empty while archived or shown as of an earlier time. */
  readonly transitions: readonly Transition[]
  /** Events folded in. */
  readonly version: number
  /** Set where this is the issue as it was at that instant. */
  readonly asOf: number | null
}

/** One event as a feed shows it, with what a person needs to read it already looked up. */
export type FeedItem = {
  readonly position: number
  readonly id: string
  readonly type: string
  readonly streamType: string
  readonly occurredAt: number
  readonly actorId: string
  readonly triggeredBy: string
  /** The event's payload at the current schema version; labels, projects, members and linked issues are named in `names`. */
  readonly data: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  /** The issue it happened to, where it did. */
  readonly issue: Pick<IssueRow, 'id' | 'key' | 'title'> | null
  /** For `commented`: the body as it is now. */
  readonly comment: {
    readonly id: string
    readonly body: string
    readonly editedAt: number | null
    readonly deleted: boolean
    /** What the body names where an import brought it as it is; `null` where somebody here wrote it. */
    readonly bodyNames: TextNames | null
  } | null
  /** Names of the ids in `data`: people, labels, projects, `KEY title` of issues. */
  readonly names: Readonly<Record<string, string>>
  /** What the workspace says of an event of its own type: `won the deal {name}`. */
  readonly sentence?: string
  /** Set where the event has no effect because another came first. */
  readonly superseded: boolean
  /** How far the clock that recorded it was ahead of the server's, in milliseconds, where that was more than five minutes. */
  readonly clockAheadMillis: number | null
  /**
   * Where the clock that recorded it jumped by more than a day, in milliseconds: above zero it was so far ahead of what came after it on its device (or of
   * now), below zero it had gone back so far from the event before. An import is no jump.
   */
  readonly clockJumpMillis: number | null
  readonly erased: boolean
  /** `unknown` for something that a newer Docket recorded: nothing is said of it but who did it, when and where. */
  readonly waiting: 'unknown' | null
}

/** A type of event of the workspace's own. */
export type EventTypeView = RegisteredType & { readonly id: string }

export type FeedPage = { readonly items: readonly FeedItem[]; readonly next: string | null }

/** What one bar of a history strip stands for: the events from `from` (inclusive) to `to` (exclusive), and that time as the value of an `active:` term. */
export type StripBucket = Readonly<Record<ActivityKind, number>> & {
  readonly from: number
  readonly to: number
  readonly when: string
}
/** Events over time for the history strip: buckets of the calendar where the workspace is. */
export type StripView = {
  readonly buckets: readonly StripBucket[]
  /** All before the buckets and all after them, where a few events lie too far off to be on one axis with the rest. */
  readonly earlier: StripBucket | null
  readonly later: StripBucket | null
  /** Where a query asks for a time with one `active:` term: that time, and what lies in it. The buckets are those of the query without it. */
  readonly chosen: {
    readonly when: string
    readonly from: number
    readonly to: number
    readonly events: number
    readonly issues: number
  } | null
}

export type SearchHit = {
  readonly id: string
  readonly key: string
  readonly title: string
  readonly status: string
  /** Where it was found. */
  readonly where: 'key' | 'title' | 'description' | 'comment'
  /** The text around the match, cut up; `hit` parts are the matched words. Plain text, never HTML. */
  readonly excerpt: readonly { readonly text: string; readonly hit: boolean }[]
}

export type SearchResult = {
  readonly hits: readonly SearchHit[]
  /** Why a part of what was typed was taken as words and not as a filter: a sentence. */
  readonly mistake: string | null
  /** True while the search index is behind the log. */
  readonly catchingUp: boolean
}

export const jobKinds = ['import', 'export', 'backup', 'verify', 'rebuild'] as const
export type JobKind = (typeof jobKinds)[number]
export type JobState = 'running' | 'done' | 'failed' | 'cancelled'
/** Long work off the main event loop. */
export type JobView = {
  readonly id: string
  readonly kind: JobKind
  readonly title: string
  readonly state: JobState
  /** `total` is 0 where it is not known yet. Units are named by `unit`: bytes, events, issues. */
  readonly progress: { readonly done: number; readonly total: number; readonly unit: string }
  readonly result: Readonly<Record<string, unknown>> | null
  readonly error: Pick<Refusal, 'code' | 'message'> | null
  /** Whether what it wrote can be fetched with `files.download`. */
  readonly downloads: boolean
  readonly startedAt: number
  readonly endedAt: number | null
}

/** A file that the window may have read or written once, without knowing where it lies. */
export type ChosenFile = { readonly token: string; readonly name: string }

/** What the host says by itself. */
export type HostMessage =
  /** Issues changed, up to `position`; `issues` is `null` where there were too many to name. */
  | {
      readonly kind: 'changed'
      readonly position: number
      readonly issues: readonly string[] | null
      readonly directory: boolean
    }
  | { readonly kind: 'job'; readonly job: JobView }
  /** Inboxes, deliveries or notices changed; `unread` counts the in-app inbox. */
  | { readonly kind: 'inboxes'; readonly unread: number }
  /** The standing with the sync server changed. */
  | { readonly kind: 'sync'; readonly sync: SyncView }
  /** A window that may should show it; the desktop does so itself. */
  | { readonly kind: 'notification'; readonly notification: Notification }
  /** A menu, deep link or notification asks the window to go somewhere. */
  | { readonly kind: 'navigate'; readonly to: string }
  /** A menu item or shortcut of the host asks for one of the window's actions. */
  | { readonly kind: 'action'; readonly action: string }
  | {
      readonly kind: 'worker'
      /** `standby`: another process on this workspace runs the inboxes. */
      readonly state: 'starting' | 'running' | 'standby' | 'restarting' | 'stopped'
      readonly detail: string | null
    }
