import type { RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder } from '#core/events/event-order.ts'
import { type LinkKind, linkKinds } from '#core/issue/link-kinds.ts'
import { type LinkMark, markLinks, type SetLink, withoutCircles } from '#core/issue/link-marks.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import type { ReadDatabase } from '../sqlite/open-database.ts'

type Row = { readonly source: number; readonly kind: LinkKind; readonly target: number }
type Changed = { readonly kind: LinkKind; readonly target: string }

/** What is left of links once all are gone that nothing leads to, or that lead nowhere: every circle is in it. */
function core(rows: readonly Row[]): readonly Row[] {
  let left = rows
  for (;;) {
    const from = new Set(left.map(({ source }) => source))
    const to = new Set(left.map(({ target }) => target))
    const next = left.filter(({ source, target }) => from.has(target) && to.has(source))
    if (next.length === left.length) return next
    left = next
  }
}

/**
 * The links without effect, over those of all issues: a projection that is made when it is asked for, from the links that are set and the
 * events that set those which could be in a circle or be a second parent; few are.
 */
export function linkMarks(
  database: ReadDatabase,
  streamIds: StreamIds,
  log: {
    position(): number
    readStream(ref: { type: 'issue'; id: string }): readonly RecordedEvent[]
  },
): () => readonly LinkMark[] {
  const all = database.client.prepare(
    "SELECT source, kind, target FROM issue_links WHERE kind <> 'relates_to'",
  )
  const touched = database.client
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM events WHERE position > ? AND type_id IN
       (SELECT id FROM event_types WHERE name IN ('linked', 'unlinked', 'created')))`,
    )
    .pluck()
  let known: readonly LinkMark[] = []
  let knownAt = -1

  /** The events that set an issue's links as they stand. */
  function setLinks(source: number): readonly SetLink[] {
    const { uuid } = streamIds.stream(source)
    const set = new Map<string, SetLink>()
    for (const event of inTotalOrder(log.readStream({ type: 'issue', id: uuid }))) {
      if (event.waiting || (event.type !== 'linked' && event.type !== 'unlinked')) continue
      const { kind, target } = event.data as Changed
      const key = `${kind} ${target}`
      if (event.type === 'unlinked') set.delete(key)
      else if (!set.has(key))
        set.set(key, {
          source: uuid,
          kind,
          target,
          by: event,
          imported: event.metadata.triggeredBy === 'import',
        })
    }
    return [...set.values()]
  }

  function make(): readonly LinkMark[] {
    const rows = all.all() as Row[]
    const parents = new Map<number, number>()
    for (const { source, kind } of rows)
      if (kind === 'parent') parents.set(source, (parents.get(source) ?? 0) + 1)
    const suspects = new Set([...parents].flatMap(([source, count]) => (count > 1 ? [source] : [])))
    const circling = linkKinds
      .filter((kind) => withoutCircles.has(kind))
      .flatMap((kind) => core(rows.filter((row) => row.kind === kind)))
    for (const { source } of circling) suspects.add(source)
    return suspects.size === 0 ? [] : markLinks([...suspects].flatMap(setLinks))
  }

  return () => {
    const position = log.position()
    if (position !== knownAt) {
      if (knownAt < 0 || position < knownAt || touched.get(knownAt) === 1) known = make()
      knownAt = position
    }
    return known
  }
}
