import type { EntityChange } from '../entities/entity-events.ts'
import type { ListedType } from '../entities/kinds/entities.ts'
import type { RegistrationChange } from '../event-types/registration-events.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { IssueChange } from '../issue/issue-events.ts'
import type { RuleChange } from '../rules/rule-events.ts'
import type { Part, Value } from './parts.ts'

/** What stands behind a description, after a colon. */
export type Tail = {
  /** Why, in the actor's own words; what Docket can say of it in more detail; the title of a new issue; what somebody wrote. */
  readonly kind: 'reason' | 'detail' | 'title' | 'text'
  readonly text: string
}

/** What a phrase for one type of event comes to, after the actor's name: a past-tense verb first, then what changed. */
export type Phrase = {
  readonly parts: readonly Part[]
  readonly tail?: Tail | undefined
  /** What somebody wrote in it for others to read, whole. */
  readonly written?: string | undefined
}

/** What a phrase may ask of the event beside its payload, and of names; each name has a stand-in where it is not known. */
export type PhraseContext = {
  readonly streamType: RecordedEvent['streamType']
  readonly streamId: string | null
  readonly actorName: string
  /** Whether the actor is the member that the event speaks of, and no rule acted for them. */
  readonly isActor: (memberId: string) => boolean
  /** An entity of a kind, by its id. */
  readonly entity: (type: ListedType, id: string) => Value
  /** The entity that the event happened to; `null` where its name is not known. */
  readonly own: () => Value | null
  readonly issue: (id: string) => Value
  readonly status: (id: string) => Value
}

type ShippedChange = IssueChange | EntityChange | RuleChange | RegistrationChange

/** A phrase for each type: a new one does not compile without its own. */
export type Phrases<Change extends ShippedChange> = {
  readonly [Name in Change['type']]: (
    data: Extract<Change, { type: Name }>['data'],
    context: PhraseContext,
  ) => Phrase
}
