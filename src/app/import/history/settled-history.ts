import { eventRegistry } from '#core/event-registry.ts'
import { fieldOfEvent } from '#core/issue/fields/fields.ts'
import type { Millis } from '#core/values/ids.ts'
import type { ImportTarget } from './import-target.ts'
import type { ImportedEvent, ImportedStream } from './imported.ts'
import type { SaidBefore } from './issue-here.ts'
import type { SourcePerson } from './source-person.ts'
import { type Correction, corrections, type Naming, type Present } from './source-present.ts'
import { following, note, type SourceState } from './source-state.ts'

export type Unsettled = {
  /** What its ids are derived from. */
  readonly identity: readonly string[]
  /** What the file tells of the issue, in order. */
  readonly events: readonly ImportedEvent[]
  /** Ids of those that are concluded from what it is like now. */
  readonly concluded: ReadonlySet<string>
  /** What those events come to. */
  readonly told: SourceState
  readonly present: Present | undefined
  readonly naming: Naming
  /** What was imported of it before. */
  readonly before: SaidBefore | undefined
  /** Ids of its events, from their parts. */
  readonly idOf: (...parts: readonly string[]) => string
  readonly actorOf: (person: SourcePerson) => string
}

export type Settled = {
  readonly events: readonly ImportedEvent[]
  /** Those of them that an issue which was here before did not have. */
  readonly added: readonly ImportedEvent[]
  readonly problems: readonly string[]
}

const registry = eventRegistry()
/** They stand for themselves, whenever they happened; everything else that is older than the last import is known by its result. */
const additive: ReadonlySet<string> = new Set(['commented', 'attached', 'linked'])

/**
 * An issue's history brought to what the source says of it now. Of an issue that was here before, only what is new is added: what the file
 * tells of the time since, then what still differs, each from what the source had said before, whatever people did here; the fold finds what
 * both changed. A snapshot that is older than the last one adds nothing.
 */
export function settledHistory(unsettled: Unsettled): Settled {
  const { events, told, present, before } = unsettled
  const updatedAt = present?.updatedAt ?? null
  const edits = present?.comments?.list.map(({ edited }) => edited ?? 0) ?? []
  const when = Math.max(
    told.last,
    updatedAt ?? 0,
    edits.reduce((a, b) => Math.max(a, b), 0),
  )
  const asOf = updatedAt ?? told.last
  if (!before?.ids.has(events[0]?.id ?? '')) {
    // What can not be told from the key is kept, for those who find it by its key later.
    const byKey = unsettled.identity.length === 2 && unsettled.identity[1] === told.externalKey
    const identity = present && !byKey ? { identity: unsettled.identity } : {}
    const begin = (event: ImportedEvent): ImportedEvent => {
      const begun = present ? marked(event, asOf) : event
      return { ...begun, metadata: { ...begun.metadata, ...identity } }
    }
    const first = events.map((event, place) => (place === 0 ? begin(event) : event))
    const recorder = recorderOf(unsettled, told, asOf, new Set())
    if (present) for (const each of corrections(told, present, unsettled.naming, true)) recorder.correct(each)
    return { events: [...first, ...recorder.added], added: [], problems: recorder.problems }
  }
  const { state, ids } = before
  const known = events.filter(({ id }) => ids.has(id))
  const nothing: Settled = { events: known, added: [], problems: [] }
  if (present && isOlder(state, { asOf, when, dated: updatedAt !== null })) return nothing
  const base = state.asOf ?? state.last
  const fresh = events.filter(
    ({ id, type, occurredAt }) =>
      !ids.has(id) && !unsettled.concluded.has(id) && (!present || additive.has(type) || occurredAt > base),
  )
  if (state.asOf === null && fresh.length === 0 && present && saysNothingNew(state, unsettled, when))
    return nothing
  const recorder = recorderOf(unsettled, state, Math.max(asOf, state.asOf ?? 0), ids)
  const later = when > state.last
  for (const event of fresh) recorder.tell(event)
  // What an earlier Docket imported as of this time was read otherwise, and is no change.
  if (present && (later || state.asOf !== null || updatedAt === null))
    for (const each of corrections(state, present, unsettled.naming, later)) recorder.correct(each)
  return { events: [...known, ...recorder.added], added: recorder.added, problems: recorder.problems }
}

const marked = (event: ImportedEvent, asOf: Millis): ImportedEvent => ({
  ...event,
  metadata: { ...event.metadata, asOf },
})

/** Whether a snapshot is of an earlier time than what was imported last. */
function isOlder(
  state: SourceState,
  { asOf, when, dated }: { readonly asOf: Millis; readonly when: Millis; readonly dated: boolean },
): boolean {
  if (state.asOf === null) return when < state.last
  return asOf < state.asOf || (asOf === state.asOf && dated && when < state.last)
}

/**
 * Of an issue that an earlier Docket imported, which left what its file contradicted: whether the file says what it said then, because it
 * contradicts itself in the same way.
 */
function saysNothingNew(state: SourceState, { told, present, naming }: Unsettled, when: Millis): boolean {
  if (!present) return true
  const said = ({ type, data }: Correction, from: SourceState): string =>
    JSON.stringify([
      type,
      data,
      type === 'field_changed' ? from.fields.get(String(data.field)) : valueBefore(from, type),
    ])
  const contradicted = new Set(corrections(told, present, naming, true).map((each) => said(each, told)))
  return corrections(state, present, naming, when > state.last).every((each) =>
    contradicted.has(said(each, state)),
  )
}

function valueBefore(state: SourceState, type: string): unknown {
  const field = fieldOfEvent(type)
  if (field) return state[field.key]
  return type === 'status_changed' ? state.status : null
}

/** Records what is new, each from what the source had said. */
function recorderOf(
  { idOf, actorOf }: Unsettled,
  state: SourceState,
  asOf: Millis,
  ids: ReadonlySet<string>,
) {
  const added: ImportedEvent[] = []
  const problems: string[] = []
  const taken = new Set(ids)
  function put(event: ImportedEvent): void {
    const next = following(state, event)
    if (!next) return
    const parsed = registry.find(next.type)?.schema.safeParse(next.data)
    if (!parsed?.success) {
      problems.push(`A "${next.type}" of the issue was left out.`)
      return
    }
    taken.add(next.id)
    added.push(marked(next, asOf))
    note(state, next)
  }
  return {
    added,
    problems,
    tell: put,
    correct({ type, data, by, at, key, source, originalHash }: Correction): void {
      // A source that goes back and forth under one time says the same thing more than once.
      let id = idOf('as of', String(asOf), type, ...key)
      for (let times = 2; taken.has(id); times++) id = idOf('as of', String(asOf), type, ...key, `#${times}`)
      put({
        id,
        type,
        data: requiredFrom(type, data),
        actorId: actorOf(by),
        occurredAt: at ?? asOf,
        metadata: {
          triggeredBy: 'import',
          ...(originalHash === undefined ? {} : { originalHash }),
          ...(source ? { source } : {}),
        },
      })
    },
  }
}

/** A move's name is filled in with what it is from. */
const requiredFrom = (type: string, data: Correction['data']): ImportedEvent['data'] =>
  type === 'status_changed' ? { ...data, from: '', transition: '' } : data

/** Of the people, labels and projects that a history met: those that its events need, and those that are here. */
export function referenced(
  needed: ReadonlyMap<string, ImportedStream>,
  events: readonly ImportedEvent[],
  here: ImportTarget | undefined,
): Iterable<ImportedStream> {
  if (!here) return needed.values()
  const names = new Set<unknown>()
  for (const { actorId, data } of events) {
    for (const id of [actorId, data.memberId, data.labelId, data.to]) names.add(id)
    if (Array.isArray(data.mentions)) for (const id of data.mentions) names.add(id)
  }
  return [...needed].flatMap(([id, stream]) =>
    names.has(id) || here.nameOf(kindOf(stream), id) !== undefined ? [stream] : [],
  )
}

const kindOf = ({ streamType }: ImportedStream) => streamType as 'label' | 'member' | 'project'
