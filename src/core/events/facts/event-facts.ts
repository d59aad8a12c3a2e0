/** What the history strip tells apart; the place in the list is the number in `activity.kind`. */
export const activityKinds = ['created', 'moved', 'talked', 'changed', 'automated'] as const
export type ActivityKind = (typeof activityKinds)[number]

/** Which sign stands beside an event in a feed. */
export type EventSign =
  | 'created'
  | 'status'
  | 'title'
  | 'description'
  | 'priority'
  | 'due'
  | 'assigned'
  | 'unassigned'
  | 'label'
  | 'project'
  | 'comment'
  | 'edit'
  | 'delete'
  | 'link'
  | 'unlink'
  | 'subscribed'
  | 'unsubscribed'
  | 'muted'
  | 'notified'
  | 'rule'
  | 'viewed'
  | 'archived'
  | 'restored'
  | 'field'
  | 'attached'
  | 'merge'
  | 'number'
  | 'workspace'
  | 'workflow'
  | 'member'
  | 'erased'
  | 'custom'

/** What is true of every event of a type, whatever its payload. Whoever adds a type says all of it; nobody keeps a list of types elsewhere. */
export type EventFacts = {
  /** Feeds leave it out (`hidden`), put it into one line with its neighbours (`folds`), or give it a line of its own. */
  readonly feed: 'hidden' | 'folds' | 'alone'
  readonly sign: EventSign
  /**
   * What it changes of the row of what it happened to: `nothing`, so that it was not touched; the `time` when it was last changed, and the number of its
   * comments; or any of the `row`.
   */
  readonly touches: 'nothing' | 'time' | 'row'
  /** As what the history strip counts it where no rule did it. `null` for reading, which is nobody's business: it goes to those alone who ask for it by name. */
  readonly activity: Exclude<ActivityKind, 'automated'> | null
  /** Who is told of it: those who follow the issue (all that is sent without being asked for by type goes by this too), the one person it is addressed to, or nobody. */
  readonly notifies: 'nobody' | 'addressee' | 'followers'
  /** Of what it brings text to be found, or takes it away. */
  readonly searchText: 'issue' | 'comment' | null
  /** What it is called where a rule is told to wait for it; `null` where no rule can. */
  readonly ruleTrigger: string | null
}
