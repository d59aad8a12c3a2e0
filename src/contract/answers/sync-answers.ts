import type { ConflictField } from '#core/conflicts/conflict.ts'
import type { StreamType } from '#core/events/event.ts'
import type { Role, Team } from '../sync-api/team.ts'

export type { ConflictField } from '#core/conflicts/conflict.ts'

/**
 * `off`: a workspace of this machine alone. `offline`: the server can't be reached. `refused`: the server answered and will not take or give
 * anything until a person does something; `reason` says what.
 */
export type SyncState = 'off' | 'connecting' | 'offline' | 'syncing' | 'up_to_date' | 'paused' | 'refused'

/** How this copy of the workspace stands with its server. Times in milliseconds since 1970. */
export type SyncView = {
  readonly state: SyncState
  /** Why it is offline or refused, as a stable code and a sentence, and which event it is about, in whose name; `null` otherwise. */
  readonly reason: {
    readonly code: string
    readonly message: string
    readonly event?: string
    readonly actor?: string
  } | null
  readonly server: string | null
  readonly workspace: string | null
  readonly role: Role | null
  readonly device: string | null
  readonly encrypted: boolean
  /** Events done and to be done in the round under way, both directions together; `null` while nothing is under way. */
  readonly progress: { readonly done: number; readonly total: number } | null
  /** Own events that the server does not have yet. */
  readonly unpushed: number
  /** Own events that the server will not take; `because` is its reason, `null` where whoever sits here is a reader. */
  readonly notTaken: { readonly events: number; readonly because: string | null } | null
  /** Events of other copies that this one has and the server lost; they wait for the copies that wrote them. */
  readonly ahead: number
  /** Events of others whose payload is not here, or is not what it should be. They are kept in their places, and do nothing until it comes. */
  readonly unreadable: number
  readonly lastSyncedAt: number | null
  /** Nothing gets through of the stream on which the server tells of changes: this copy asks every few seconds instead. */
  readonly polling: boolean
  /** When the next attempt is made, while offline. */
  readonly nextTryAt: number | null
  readonly agreement: SyncAgreement
  /** How far this machine's clock is ahead of the server's, where that is more than five minutes. */
  readonly clockAheadMillis: number | null
}

/** What is said of own changes that are not taken; `null` where there are none such. */
export function notTakenText(notTaken: SyncView['notTaken']): string | null {
  if (!notTaken) return null
  const { events, because } = notTaken
  const which =
    events === 1 ? 'One change of yours is' : `${events.toLocaleString('en')} changes of yours are`
  return because === null ? `${which} not taken, for you only read here.` : `${which} not taken: ${because}`
}

/** What is said of others' events that nobody can read; `null` where there are none. */
export const unreadableText = (count: number): string | null =>
  count === 0
    ? null
    : count === 1
      ? 'One event of somebody else can’t be read: what it said is not here, or is not what it should be. It counts for nothing until that comes.'
      : `${count.toLocaleString('en')} events of others can’t be read: what they said is not here, or is not what it should be. They count for nothing until that comes.`

/** What is said where nothing gets through of the server's stream; `null` where it does. */
export const pollingText = (polling: boolean): string | null =>
  polling
    ? 'Changes of others are asked for every few seconds: a proxy between here and the server holds back what it tells at once. Whoever runs it should not buffer /v1/workspaces/…/nudges.'
    : null

/** What is said where the server lost others' events; `null` where it did not. */
export const aheadText = (ahead: number): string | null =>
  ahead === 0
    ? null
    : `The server is ${ahead === 1 ? 'one event' : `${ahead.toLocaleString('en')} events`} behind what this copy has; waiting for the copies that wrote ${ahead === 1 ? 'it' : 'them'}.`

/** Whether the copies are the same, as one sentence without a full stop; where they differ, with whom. */
export function agreementText({ state, digest, replicas, difference }: SyncAgreement): string {
  if (state === 'same' && replicas > 1)
    return `Same as the server; ${replicas.toLocaleString('en')} replicas agree`
  if (state !== 'differs' || !difference)
    return digest === null ? 'Not compared yet' : 'Not compared yet: no other copy has come to this place'
  const { eventId, issueKey, with: whom, events } = difference
  const since = issueKey
    ? `a change of ${issueKey}`
    : eventId
      ? `the event ${eventId}`
      : 'an event that is not named yet'
  const counts = events
    ? ` (${events.here.toLocaleString('en')} events here, ${events.there.toLocaleString('en')} there)`
    : ''
  return `This copy differs from ${whom} since ${since}${counts}`
}

export type SyncAgreement = {
  /**
   * `same`: every event of ours is on the server and every one of its is here, and another replica at least says that it comes to the same there.
   * `unknown` with a digest: this copy said what it comes to, and no other did at that place.
   */
  readonly state: 'unknown' | 'same' | 'differs'
  /** Of the folded state, hexadecimal SHA-256. */
  readonly digest: string | null
  /** Replicas, this one included, whose last word at the same place of the server is the same digest of as many events. */
  readonly replicas: number
  /** Where it differs: the first event, in total order, after which two replicas hold different states. */
  readonly difference: {
    readonly eventId: string | null
    readonly issueKey: string | null
    readonly with: string
    /** How many events each holds at that place of the server, where those are not as many. */
    readonly events?: { readonly here: number; readonly there: number } | null
    /** The folder with what to report. */
    readonly bundle: string | null
  } | null
}

/** `url` is where the server answers; `invite` is the text that a member handed over (it holds the key of an encrypted workspace). */
export type TeamView = Team & {
  readonly me: { readonly memberId: string; readonly deviceId: string; readonly role: Role }
  readonly encrypted: boolean
  /** Number of the newest workspace key, and whether this device has it. */
  readonly key: { readonly newest: number; readonly have: boolean } | null
}

/** What can be changed by two at once. */
export type ConflictedType = Exclude<StreamType, 'view'>

export type ConflictSide = {
  readonly eventId: string
  readonly actorId: string
  readonly actorName: string
  readonly at: number
  /** What it set, as people read it (a status by its name, a text whole, a rule in words); `null` for nothing (no due date, removed), or where it was erased. */
  readonly value: string | null
}

/** A change that has no effect, or no effect any more, because somebody changed the same thing without having seen it. Kept for ever. */
export type ConflictView = {
  /** Stays the same on every replica. */
  readonly id: string
  /** What it is of; an issue is called by its key, anything else by its name. */
  readonly of: { readonly type: ConflictedType; readonly id: string; readonly name: string }
  /** The issue; `null` where it is of something else. */
  readonly issue: { readonly id: string; readonly key: string; readonly title: string } | null
  readonly field: ConflictField
  /** For `field`: its name. */
  readonly fieldName: string | null
  /** The one without effect. */
  readonly lost: ConflictSide
  readonly won: ConflictSide
  /** Whether the member who sits here made the lost change. */
  readonly mine: boolean
  /** `flipped`: the lost change was made again. `dismissed`: somebody said that it is fine as it is. */
  readonly settled: {
    readonly how: 'flipped' | 'dismissed'
    readonly byName: string
    readonly at: number
  } | null
}

/** What a command about a conflict says that it is of; nothing where it is of the workspace itself. */
export const conflictOf = ({ of }: Pick<ConflictView, 'of'>): Record<string, string> =>
  of.type === 'workspace' ? {} : { [of.type === 'event_type' ? 'eventTypeId' : `${of.type}Id`]: of.id }

export type ConflictPage = {
  readonly conflicts: readonly ConflictView[]
  readonly next: string | null
  /** How many are not settled, over everything. */
  readonly open: number
}
