import { LRUCache } from 'lru-cache'
import { comparedAt } from '#core/filter/compared.ts'
import type { Comparison } from '#core/filter/filter.ts'
import type { ResolvedCondition, ResolvedFilter } from '#core/filter/resolve-filter.ts'
import { foldedWords } from '#core/filter/text-words.ts'
import { unreachable } from '#core/values/unreachable.ts'
import type { CountedEvents } from '../../log/read/counted-events.ts'
import type { StreamIds } from '../../log/rows/stream-ids.ts'
import { issueAssignees, issueLabels } from '../../schema.ts'
import { inList, listParameter } from '../../sqlite/json-each.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'
import { statementCache } from '../../sqlite/statement-cache.ts'
import { bitmap, countBits, keepOnly, placesThat, setBit } from './bitmap.ts'
import { issuesSaying, namedIds, surrogateIds } from './filter-sql.ts'
import { type Columns, dayNumber, type IssueColumns, issueColumns } from './issue-column-cache.ts'

/** The issues that a filter matches, as places in the columns. */
export type Matched = { readonly columns: Columns; readonly bits: Uint32Array; readonly count: number }

export type ConditionBitmaps = {
  readonly columns: IssueColumns
  /** What matches now; `undefined` while the columns are not read. */
  match(filter: ResolvedFilter): Matched | undefined
}

type Test = (place: number) => boolean
/** A condition's set, and how one issue is judged again: by its row, or by its labels or people. */
type KeptSet = {
  bits: Uint32Array
  readonly test: (columns: Columns) => Test
  readonly of: 'label' | 'assignee' | null
  readonly holds: (set: readonly number[]) => boolean
}

/** Sets kept, an eighth of a byte an issue each. */
const kept = 128

const holds: Record<Comparison, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** Conditions as sets: each is made once, kept, and follows the issues that change, so that a filter is a few hundred machine words. */
export function conditionBitmaps(
  database: ReadDatabase,
  streamIds: StreamIds,
  counted: CountedEvents,
): ConditionBitmaps {
  const { orm } = database
  const statements = statementCache(database)
  const sets = new LRUCache<string, KeptSet>({ max: kept })
  const labelled = orm
    .select({ id: issueLabels.issueId })
    .from(issueLabels)
    .where(inList(issueLabels.labelId, 'ids'))
    .prepare()
  const assigned = orm
    .select({ id: issueAssignees.issueId })
    .from(issueAssignees)
    .where(inList(issueAssignees.memberId, 'ids'))
    .prepare()
  const anyLabel = orm.selectDistinct({ id: issueLabels.issueId }).from(issueLabels).prepare()
  const anyAssignee = orm.selectDistinct({ id: issueAssignees.issueId }).from(issueAssignees).prepare()

  const columns = issueColumns(database, (change, current) => {
    if (!change) {
      sets.clear()
      return
    }
    for (const set of sets.values()) {
      const test = set.test(current)
      if (set.bits.length * 32 < current.room) {
        const larger = bitmap(current.room)
        larger.set(set.bits)
        set.bits = larger
      }
      for (const place of change.places) {
        const members = set.of === 'label' ? change.labels : set.of === 'assignee' ? change.assignees : null
        setBit(set.bits, place, members ? set.holds(members.get(place) ?? []) : test(place))
      }
    }
  })

  function testOf(of: ResolvedCondition): (columns: Columns) => Test {
    switch (of.kind) {
      case 'open': {
        const wanted = of.open ? 1 : 0
        return ({ open }) =>
          (place) =>
            open[place] === wanted
      }
      case 'status': {
        const wanted = new Set(of.statuses)
        return ({ status }) =>
          (place) =>
            wanted.has(columns.statuses[status[place] as number] as string)
      }
      case 'author': {
        const wanted = new Set(surrogateIds(of.members, 'member', streamIds))
        return ({ author }) =>
          (place) =>
            wanted.has(author[place] as number)
      }
      case 'reference': {
        const wanted = new Set(namedIds(of, streamIds))
        if (of.none) wanted.add(0)
        return ({ of: { [of.of]: ids } }) =>
          (place) =>
            wanted.has(ids[place] as number)
      }
      case 'rank':
      case 'number': {
        const compare = holds[of.comparison]
        const wanted = of.kind === 'rank' ? of.rank : of.value
        // A number that is not there, NaN, compares as nothing does.
        return ({ of: { [of.of]: numbers } }) =>
          (place) =>
            compare(numbers[place] as number, wanted)
      }
      case 'instant':
        return ({ of: { [of.of]: times } }) =>
          (place) =>
            (times[place] as number) >= of.from && (times[place] as number) < of.to
      case 'active':
        return () => (place) => counted.isActive(place, of.from, of.to)
      case 'day': {
        const from = dayNumber(of.from)
        const to = dayNumber(of.to)
        return ({ of: { [of.of]: days } }) =>
          (place) => {
            const day = days[place] as number
            return day !== 0 && day >= from && day <= to
          }
      }
      case 'unset': {
        const none = comparedAt(of.of).kind.operand === 'day' ? 0 : Number.NaN
        return ({ of: { [of.of]: values } }) =>
          (place) =>
            Object.is(values[place], none)
      }
      case 'overdue': {
        const before = dayNumber(of.before)
        return ({ of: { [of.of]: days }, open }) =>
          (place) =>
            open[place] === 1 && days[place] !== 0 && (days[place] as number) < before
      }
      default:
        return () => () => false
    }
  }

  function setOfPlaces(room: number, places: readonly { readonly id: number }[]): Uint32Array {
    const bits = bitmap(room)
    for (const { id } of places) if (id < room) setBit(bits, id, true)
    return bits
  }

  const activeBits = (of: Extract<ResolvedCondition, { kind: 'active' }>, room: number): Uint32Array =>
    setOfPlaces(room, statements.all(counted.streams(of.from, of.to)) as { id: number }[])

  function newSet(of: ResolvedCondition, current: Columns): KeptSet {
    const { room } = current
    const test = testOf(of)
    if (of.kind === 'active') return { bits: activeBits(of, room), test, of: null, holds: () => false }
    if (of.kind !== 'label' && of.kind !== 'assignee')
      return { bits: placesThat(room, test(current)), test, of: null, holds: () => false }
    const ids = namedIds(of, streamIds)
    const wanted = new Set(ids)
    const some = of.kind === 'label' ? labelled : assigned
    const bits = setOfPlaces(room, some.all({ ids: listParameter(ids) }))
    if (of.none) {
      const any = setOfPlaces(room, (of.kind === 'label' ? anyLabel : anyAssignee).all())
      for (let word = 0; word < bits.length; word++)
        bits[word] = (bits[word] as number) | ~(any[word] as number)
    }
    return {
      bits,
      test,
      of: of.kind,
      holds: (set) => (of.none && set.length === 0) || set.some((id) => wanted.has(id)),
    }
  }

  function keptBits(of: ResolvedCondition, current: Columns): Uint32Array {
    const key = JSON.stringify(of)
    const known = sets.get(key)
    if (known) return known.bits
    const made = newSet(of, current)
    sets.set(key, made)
    return made.bits
  }

  function bitsOf(of: ResolvedCondition, current: Columns): Uint32Array | undefined {
    switch (of.kind) {
      case 'archived':
        return current.archived
      case 'text': {
        const words = foldedWords(of.text)
        if (words.length === 0) return bitmap(current.room)
        return setOfPlaces(current.room, statements.all(issuesSaying(words)) as { id: number }[])
      }
      case 'key':
        return setOfPlaces(
          current.room,
          surrogateIds(of.issues, 'issue', streamIds).map((id) => ({ id })),
        )
      // These move with the clock, so the next one asked for is another.
      case 'instant':
        return placesThat(current.room, testOf(of)(current))
      case 'active':
        return of.moves ? activeBits(of, current.room) : keptBits(of, current)
      case 'open':
      case 'status':
      case 'assignee':
      case 'label':
      case 'author':
      case 'reference':
      case 'rank':
      case 'number':
      case 'day':
      case 'unset':
      case 'overdue':
        return keptBits(of, current)
      default:
        return unreachable(of)
    }
  }

  return {
    columns,
    match(filter) {
      const current = columns.fresh()
      if (!current) return undefined
      const bits = current.present.slice()
      if (filter.archived === 'without') keepOnly(bits, current.archived, true)
      for (const { condition, negated } of filter.terms)
        keepOnly(bits, bitsOf(condition, current) as Uint32Array, negated)
      return { columns: current, bits, count: countBits(bits) }
    },
  }
}
