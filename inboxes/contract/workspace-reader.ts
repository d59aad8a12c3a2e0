import type { EntityRow, ListedType } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import type { ResolvedFilter } from '#core/filter/resolve-filter.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import type { Touched } from '#core/rules/occasion.ts'
import type { KnownRule } from '#core/rules/rule.ts'
import type { HoldAnswer } from '#core/rules/rule-hold.ts'
import type { Result } from '#core/values/refusal.ts'
import type { Workflow } from '#core/workflow/workflow.ts'

/** The last event that touched an issue, with how it came here. */
export type TouchedHere = Touched & {
  readonly position: number
  /** Whether it was recorded here or imported here: then the time that it was recorded is that of its arrival. */
  readonly madeHere: boolean
  readonly imported: boolean
}

/** What inboxes may look up in the log. Reads only; what comes back must not be changed. */
export type WorkspaceReader = {
  /** The member who sits at this replica. */
  readonly me: string
  workspace(): { readonly id: string; readonly name: string; readonly keyPrefix: string }
  workflow(): Workflow
  /** A label, a project or a member; `undefined` where it is not there. */
  entity<Type extends ListedType>(type: Type, id: string): EntityRow<Type> | undefined
  entities<Type extends ListedType>(type: Type): readonly EntityRow<Type>[]
  /** What the workspace says of an event of its own type: `won the deal {name}`; `undefined` where nobody registered it. */
  sentence(eventType: string): string | undefined
  /** The automation rules, turned off ones included. */
  rules(): readonly KnownRule[]
  /** What was said of the occasions that a rule was held with, oldest first. */
  answers(ruleId: string): readonly HoldAnswer[]
  /** What the log says of the events that touched an issue; `undefined` where there is none. */
  touched(issueId: string): TouchedHere | undefined
  /** The issue as it is now; `exists` is false where there is none. */
  issue(issueId: string): IssueState
  /** The issue right after an event of its stream. */
  issueAfter(event: RecordedEvent): IssueState
  /** `DOC-42`. */
  issueKey(issueId: string): string
  /** The changes that have no effect because of an event of what is no issue. */
  lostTo(event: RecordedEvent): readonly RecordedEvent[]
  /** An event by id, or `undefined`. */
  event(id: string): RecordedEvent | undefined
  /** A query of the filter language, looked up as of `now` (milliseconds) for this replica's member. */
  filter(query: string, now: number): Result<ResolvedFilter>
  /** Whether an issue in that state is what a filter asks for; reads the texts of its comments where the filter asks for text. */
  matches(filter: ResolvedFilter, issue: IssueState): boolean
  /** Ids of the issues that a filter matches, at most `limit`. */
  find(filter: ResolvedFilter, limit: number): readonly string[]
}
