import type { ListedType } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import type { IssueState } from '#core/issue/issue-state.ts'

/** What an import asks of the workspace that it goes into. */
export type ImportTarget = {
  has(type: 'issue' | 'member', id: string): boolean
  /** Ids of issues that a key of another tracker leads to, whatever its case. */
  withKey(key: string): readonly string[]
  /** Ids of imported issues that the source knows by this id of its own. */
  withSourceId(id: string): readonly string[]
  /** The event that an issue's stream begins with. */
  beginning(issueId: string): RecordedEvent | undefined
  events(issueId: string): Iterable<RecordedEvent>
  issue(issueId: string): IssueState
  /** The first events of a member's stream. */
  memberEvents(memberId: string): readonly RecordedEvent[]
  /** When a member did something last; `undefined` of one who did nothing. */
  lastAct(memberId: string): number | undefined
  /** The colours of all labels. */
  labelColours(): readonly string[]
  /** A member's handle; `undefined` where there is no such member. */
  handleOf(memberId: string): string | undefined
  /** What a label, member or project is called. */
  nameOf(type: ListedType, id: string): string | undefined
}
