import { type Sortable, sortableCalled } from '#core/filter/compared.ts'
import type { Sort } from '#core/filter/filter.ts'
import { lastOf } from '../../projections/field-columns.ts'
import { bytesOf, type Columns, dayNumber, type TextKey, titleHead } from './issue-column-cache.ts'

/** After which row a page begins: its sort value and its surrogate. */
export type ListPlace = { readonly value: string | number | null; readonly id: number }

/** What part of a list is asked for: from its beginning, behind a row (`after`), or from the place `offset` on. */
export type ListOptions = {
  readonly limit: number
  readonly after?: ListPlace | undefined
  readonly offset?: number | undefined
}

/**
 * The k-th smallest (from 0), in linear time whatever the order; reorders `keys`. Equal keys are passed in one go, for a sort by
 * priority has five of them.
 */
function smallest(keys: Float64Array, k: number): number {
  let from = 0
  let to = keys.length - 1
  while (from < to) {
    const a = keys[from] as number
    const b = keys[(from + to) >>> 1] as number
    const c = keys[to] as number
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
    let less = from
    let more = to
    for (let at = from; at <= more; ) {
      const key = keys[at] as number
      if (key < pivot) {
        keys[at++] = keys[less] as number
        keys[less++] = key
      } else if (key > pivot) {
        keys[at] = keys[more] as number
        keys[more--] = key
      } else at++
    }
    if (k < less) to = less - 1
    else if (k > more) from = more + 1
    else return pivot
  }
  return keys[k] as number
}

/** Where what has no value stands, as a number that goes up. */
const keyOfNone = ({ sort }: Sortable, way: 1 | -1): number =>
  sort.nulls === 'low' ? way * Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY

/** What a sort compares, as numbers that go up; what has no value stands where the SQL puts it. */
function keyOf(columns: Columns, { key, descending }: Sort): (place: number) => number {
  const way = descending ? -1 : 1
  const sortable = sortableCalled(key)
  const values = columns.of[sortable.key]
  const nullable: boolean = sortable.kind.nullable
  if (!nullable) return (place) => way * (values[place] as number)
  const none = keyOfNone(sortable, way)
  // 0 of days, NaN of numbers.
  if (sortable.kind.operand === 'day')
    return (place) => (values[place] ? way * (values[place] as number) : none)
  return (place) => (Number.isNaN(values[place]) ? none : way * (values[place] as number))
}

function keyOfPlace({ value }: ListPlace, { key, descending }: Sort): number {
  const way = descending ? -1 : 1
  const sortable = sortableCalled(key)
  const { operand } = sortable.kind
  if (operand === 'text') return way * titleHead(bytesOf(String(value)))
  if (value === null || value === lastOf(sortable, false) || value === lastOf(sortable, true))
    return keyOfNone(sortable, way)
  return way * (operand === 'day' ? dayNumber(String(value)) : Number(value))
}

/** The texts that decide between equal keys; `undefined` where keys say it all. */
function textsOf({ texts }: Columns, { key }: Sort): readonly string[] | undefined {
  const { key: of, kind } = sortableCalled(key)
  return kind.operand === 'text' ? texts[of as TextKey] : undefined
}

/**
 * A page of a set in the order of a sort, ties broken by id; costs the same wherever the page lies and whatever the order is
 * related to. @param places upwards; may be reordered.
 */
export function pageOfPlaces(
  columns: Columns,
  places: Uint32Array,
  sort: Sort,
  { limit, after, offset = 0 }: { limit: number; after?: ListPlace | undefined; offset?: number | undefined },
): number[] {
  const way = sort.descending ? -1 : 1
  const titles = textsOf(columns, sort)
  const compareTitles = (a: string, b: string): number => (a < b ? -way : a > b ? way : 0)
  if (sort.descending) places.reverse()
  const key = keyOf(columns, sort)
  let candidates = places
  if (after) {
    const from = keyOfPlace(after, sort)
    const title = titles ? bytesOf(String(after.value)) : ''
    candidates = places.filter((place) => {
      const own = key(place)
      if (own !== from) return own > from
      const byTitle = titles ? compareTitles(titles[place] as string, title) : 0
      return byTitle !== 0 ? byTitle > 0 : way * (place - after.id) > 0
    })
  }
  const size = candidates.length
  const end = Math.min(size, offset + limit)
  if (offset >= end) return []
  const keys = new Float64Array(size)
  for (let at = 0; at < size; at++) keys[at] = key(candidates[at] as number)
  const first = offset === 0 ? Number.NEGATIVE_INFINITY : smallest(keys.slice(), offset)
  const last = end === size ? Number.POSITIVE_INFINITY : smallest(keys.slice(), end - 1)
  let before = 0
  // Candidates come in the order of ties, so what has one key needs no sorting, and all of it may be very much.
  const firstTies: number[] = []
  const between: number[] = []
  const lastTies: number[] = []
  for (let at = 0; at < size; at++) {
    const own = keys[at] as number
    if (own < first) before++
    else if (own === last) lastTies.push(at)
    else if (own === first) firstTies.push(at)
    else if (own < last) between.push(at)
  }
  const byTitle = (a: number, b: number): number =>
    compareTitles(titles?.[candidates[a] as number] as string, titles?.[candidates[b] as number] as string) ||
    a - b
  const compare = (a: number, b: number): number =>
    (keys[a] as number) - (keys[b] as number) || (titles ? byTitle(a, b) : a - b)
  between.sort(compare)
  if (titles) {
    firstTies.sort(byTitle)
    lastTies.sort(byTitle)
  }
  const skipped = offset - before
  return firstTies
    .concat(between, lastTies)
    .slice(skipped, skipped + end - offset)
    .map((at) => candidates[at] as number)
}
