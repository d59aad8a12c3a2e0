import type { Conflict } from '../../conflicts/conflict.ts'
import type { ListedType } from '../../entities/kinds/entities.ts'
import type { RecordedEvent } from '../../events/event.ts'
import type { MemberId } from '../../values/ids.ts'
import { done, type Result } from '../../values/refusal.ts'
import type { IssueMachine } from '../../workflow/issue-machine.ts'
import type { IssueCommand } from '../issue-commands.ts'
import type { IssueChange } from '../issue-events.ts'
import type { IssueState } from '../issue-state.ts'
import type { LinkKind } from '../link-kinds.ts'

/** What a decision may ask beside the issue itself. Reads only. */
export type DecisionContext = {
  /** The member who wants it. */
  readonly actorId: string
  readonly machine: IssueMachine
  readonly initialStatus: string
  /** The number for a new issue's key, or `undefined` where a server assigns it. */
  readonly nextNumber: () => number | undefined
  readonly entityExists: (type: ListedType, id: string) => boolean
  /** The members whom a text mentions, each once. */
  readonly mentioned: (text: string) => readonly string[]
  readonly issueExists: (id: string) => boolean
  /** The keys along the circle that a link would close, from its source back to it; `undefined` where it closes none. */
  readonly circle: (kind: LinkKind, source: string, target: string) => readonly string[] | undefined
  /** The conflicts that an issue's links are in with those of all. */
  readonly linkConflicts: (issueId: string) => readonly Conflict[]
  /** An event of the log, by id. */
  readonly eventOf: (id: string) => Pick<RecordedEvent, 'type' | 'data' | 'waiting'> | undefined
  /** The state's name as people read it. */
  readonly statusName: (id: string) => string
}

/** What a command comes to: the changes to record, or a refusal. */
export type Decision = Result<readonly IssueChange[]>

/** A command of one type. */
export type IssueCommandOf<Type extends IssueCommand['type']> = Extract<IssueCommand, { type: Type }>
/** What decides a type of command. The state is never changed. */
export type Decide<Type extends IssueCommand['type']> = (
  state: IssueState,
  command: IssueCommandOf<Type>,
  context: DecisionContext,
) => Decision

/** The decision that nothing changes. */
export const unchanged: Decision = done([])
/** The decision for one change. */
export const one = (change: IssueChange): Decision => done([change])

/** The part of a payload that says whom a text newly mentions; nothing where nobody. @param before those mentioned already. */
export function mentioning(
  text: string,
  context: DecisionContext,
  before: readonly string[] = [],
): { mentions?: MemberId[] } {
  const mentions = context.mentioned(text).filter((id) => !before.includes(id)) as MemberId[]
  return mentions.length > 0 ? { mentions } : {}
}
