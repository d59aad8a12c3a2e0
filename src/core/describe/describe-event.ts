import { isListedType, type ListedType, listedEntity } from '../entities/kinds/entities.ts'
import { filledSentence } from '../event-types/sentence-template.ts'
import type { RecordedEvent, Waiting } from '../events/event.ts'
import type { EventSign } from '../events/facts/event-facts.ts'
import { factsOf, isShipped, type ShippedType } from '../events/shipped-facts.ts'
import { directoryPhrases } from './directory-phrases.ts'
import { entityPhrases } from './entity-phrases.ts'
import { issuePhrases } from './issue-phrases.ts'
import { here, name, type Part, text, value } from './parts.ts'
import type { Phrase, PhraseContext, Tail } from './phrase.ts'

/** What of an event is described. Its payload is at its type's current version. */
export type Described = Pick<RecordedEvent, 'type' | 'streamType' | 'data'> & {
  readonly streamId?: string | undefined
  readonly waiting?: Waiting | null | undefined
  readonly erased?: boolean
}

/** How the people and things that an event speaks of are called; `undefined` where that is not known. */
export type EventNames = {
  /** Whom the surface names before the description; `id` is `null` where a rule acted, which is no member. */
  readonly actor: { readonly id: string | null; readonly name: string }
  readonly entity: (type: ListedType, id: string) => string | undefined
  readonly issue: (id: string) => { readonly key: string; readonly title: string | null } | undefined
  readonly status: (id: string) => string | undefined
  /** What the workspace says of an event of its own type: `won the deal {name}`. */
  readonly sentence?: (type: string) => string | undefined
}

/** What an event did, as every surface says it after its actor's name. */
export type Description = {
  readonly sign: EventSign
  readonly parts: readonly Part[]
  readonly tail: Tail | null
  /** What somebody wrote in it for others to read, whole; `null` where nothing. */
  readonly written: string | null
}

type Say = (data: unknown, context: PhraseContext) => Phrase

const phrases: Readonly<Record<ShippedType, unknown>> = {
  ...issuePhrases,
  ...entityPhrases,
  ...directoryPhrases,
}

const spelledOut = (type: string): string => type.replaceAll('_', ' ')

function contextOf({ streamType, streamId }: Described, names: EventNames): PhraseContext {
  return {
    streamType,
    streamId: streamId ?? null,
    actorName: names.actor.name,
    isActor: (memberId) => memberId === names.actor.id,
    entity: (type, id) => ({
      kind: 'entity',
      of: type,
      id,
      name: names.entity(type, id) ?? listedEntity(type).stranger,
    }),
    own() {
      if (streamId === undefined || !isListedType(streamType)) return null
      const known = names.entity(streamType, streamId)
      return known === undefined ? null : { kind: 'entity', of: streamType, id: streamId, name: known }
    },
    issue: (id) => ({ kind: 'issue', id, ...(names.issue(id) ?? { key: 'another issue', title: null }) }),
    status: (id) => ({ kind: 'status', id, name: names.status(id) ?? id }),
  }
}

const general = (sign: EventSign, ...parts: readonly Part[]): Description => ({
  sign,
  parts,
  tail: null,
  written: null,
})

/**
 * Says what an event did, once for every surface. Total: what only a newer Docket knows, what can't be read, a type of somebody's own, or a payload
 * that was erased, gets a general description. Pure.
 */
export function describeEvent(event: Described, names: EventNames): Description {
  const { type, waiting, erased = false } = event
  const on = event.streamType === 'issue' ? [here('on')] : []
  if (waiting === 'unknown')
    return general('custom', text('did something that a newer Docket recorded'), ...on)
  if (waiting) return general('custom', text('did something that can’t be read here'), ...on)
  if (erased)
    return general(
      'erased',
      text('recorded'),
      name(spelledOut(type)),
      ...on,
      text('(the content was erased, or can’t be read)'),
    )
  if (!isShipped(type)) {
    const sentence = names.sentence?.(type)
    if (sentence === undefined) return general('custom', text('recorded'), name(spelledOut(type)), ...on)
    const said = filledSentence(sentence, event.data)
    return general('custom', ...said.map((piece) => (piece.said ? value : text)(piece.words)), ...on)
  }
  // Payloads are lifted to their type's current shape when the log is read, so this one is trusted here.
  const { parts, tail, written } = (phrases[type] as Say)(event.data, contextOf(event, names))
  return { sign: factsOf(type).sign, parts, tail: tail ?? null, written: written ?? null }
}
