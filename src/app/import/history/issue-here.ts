import type { RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, inTotalOrder, orderOf } from '#core/events/event-order.ts'
import { saidText } from '../records/said-text.ts'
import type { ImportTarget } from './import-target.ts'
import { type Notable, note, nothingSaid, type SourceState } from './source-state.ts'

/** What was imported of an issue so far. */
export type SaidBefore = {
  readonly state: SourceState
  /** Of its events. */
  readonly ids: ReadonlySet<string>
}

/** What the source said of an issue that is here; `undefined` where nothing was imported of it. */
export function saidBefore(here: ImportTarget, issueId: string): SaidBefore | undefined {
  if (!here.has('issue', issueId)) return undefined
  const imported: (EventOrder & Notable)[] = []
  for (const event of here.events(issueId))
    if (event.metadata.triggeredBy === 'import' && !event.waiting) imported.push(withoutText(event))
  if (imported.length === 0) return undefined
  const state = nothingSaid()
  for (const event of inTotalOrder(imported)) note(state, event)
  return { state, ids: new Set(imported.map(({ id }) => id)) }
}

/** The field of a payload that holds a text. */
const textField: Readonly<Record<string, string>> = {
  created: 'description',
  description_changed: 'to',
  commented: 'body',
  comment_edited: 'body',
}

/** As it is kept until all are in order: texts may be long, and there may be many. */
function withoutText(event: RecordedEvent): EventOrder & Notable {
  const { type, occurredAt, metadata } = event
  const data = event.data as Readonly<Record<string, unknown>>
  const kept = { ...orderOf(event), type, occurredAt }
  const field = Object.hasOwn(textField, type) ? textField[type] : undefined
  const text = field === undefined ? undefined : data[field]
  if (field === undefined || typeof text !== 'string') return { ...kept, data, metadata }
  const { wiki: _, adf: __, ...source } = (metadata.source ?? {}) as Record<string, unknown>
  return {
    ...kept,
    data: { ...data, [field]: text === '' ? '' : ' ' },
    metadata: { ...metadata, source },
    said: saidText(text, metadata),
  }
}
