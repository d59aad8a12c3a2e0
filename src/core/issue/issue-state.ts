import type { ConflictState } from '../conflicts/conflict.ts'
import { type FieldStates, initialFieldStates } from './fields/fields.ts'
import type { LinkKind } from './issue-events.ts'

export type CommentState = {
  readonly id: string
  readonly authorId: string
  readonly createdAt: number
  /** The event that began it. */
  readonly eventId: string
  /** The event that holds the body as it is now; bodies are not copied into the state. */
  bodyEventId: string
  editedAt: number | null
  deleted: boolean
  /** The event that deleted it. */
  deletedBy?: string
  /** Whom it mentions or mentioned, where anybody. */
  mentions?: string[]
}

/** One issue, folded from its events in total order. Plain JSON, so that it can be kept as a snapshot and digested. */
export type IssueState = ConflictState & FieldStates & IssueRest

/** What else than fields of one value there is of an issue. */
type IssueRest = {
  id: string
  exists: boolean
  number: number | null
  externalKey: string | null
  description: string
  /** The event that set the description, or `null` where there is none. */
  descriptionEventId: string | null
  status: string
  /** The event that brought it into this status. */
  statusEventId: string | null
  authorId: string | null
  createdAt: number
  updatedAt: number
  archived: boolean
  /** Ids, sorted, so that equal sets are equal states. */
  assignees: string[]
  labels: string[]
  links: { kind: LinkKind; target: string }[]
  comments: Record<string, CommentState>
  /** How many comments are not deleted. */
  liveComments: number
  /** Explicit and implied subscriptions: an explicit word (`said`) wins over an implied one, `muted` over both. */
  subscribers: Record<string, { on: boolean; said: boolean; muted?: boolean }>
  fields: Record<string, unknown>
  /** Events that stay in the history and have no effect, each with the event that came first. */
  superseded: { eventId: string; by: string | null }[]
  /**
   * What it was called before a server gave it the present number: `#41` or, from its id, `~4f7k`; and the keys beside the first that it had in the tracker
   * that it was imported from, lower case.
   */
  formerKeys: string[]
  /** How many events were folded in. */
  version: number
}

export function initialIssue(id: string): IssueState {
  return {
    id,
    exists: false,
    number: null,
    externalKey: null,
    description: '',
    descriptionEventId: null,
    status: '',
    statusEventId: null,
    authorId: null,
    createdAt: 0,
    updatedAt: 0,
    archived: false,
    assignees: [],
    labels: [],
    links: [],
    comments: {},
    liveComments: 0,
    subscribers: {},
    fields: {},
    superseded: [],
    setBy: {},
    conflicts: [],
    settled: {},
    formerKeys: [],
    version: 0,
    ...initialFieldStates,
  }
}
