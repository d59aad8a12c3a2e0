import type { RecordedEvent } from '../events/event.ts'
import type { IssueChange } from './issue-events.ts'

/** An issue's event as a fold sees it: its payload and the header fields that the state keeps. */
export type IssueEvent = IssueChange &
  Pick<RecordedEvent, 'id' | 'actorId' | 'occurredAt'> &
  Partial<Pick<RecordedEvent, 'metadata'>>

/** An issue's event of one type. */
export type IssueEventOf<Type extends IssueChange['type']> = Extract<IssueEvent, { type: Type }>
