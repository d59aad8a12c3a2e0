import { quoted, UsageError } from '../output/output.ts'

const minute = 60_000
const day = 24 * 60 * minute
// The filter language's units (a month is 30 days there, too), and the words for them.
const ages: readonly (readonly [unit: RegExp, length: number])[] = [
  [/^min(ute)?s?$/, minute],
  [/^h(ours?)?$/, 60 * minute],
  [/^d(ays?)?$/, day],
  [/^w(eeks?)?$/, 7 * day],
  [/^m(onths?)?$/, 30 * day],
  [/^y(ears?)?$/, 365 * day],
]

function ago(text: string, now: number): number | undefined {
  const [, count, unit = ''] = /^(\d{1,5})\s*([a-z]+)(?:\s+ago)?$/.exec(text.toLowerCase()) ?? []
  const length = ages.find(([name]) => name.test(unit))?.[1]
  return count && length ? now - Number(count) * length : undefined
}

function calendar(text: string): number | undefined {
  const [, date = '', time, hours = '', minutes = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?:(Z|[+-]\d{2}):?(\d{2})?)?)?$/i.exec(
      text,
    ) ?? []
  const midnight = new Date(`${date}T00:00:00Z`)
  // JavaScript reads 30 February as 2 March; a person who writes that made a mistake.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return undefined
  const zone = /^z/i.test(hours) ? 'Z' : hours && `${hours}:${minutes || '00'}`
  // A day means all of it: as of its end, where the person is.
  const at = new Date(time ? `${date}T${time}${zone}` : `${date}T23:59:59.999`).getTime()
  return Number.isNaN(at) ? undefined : at
}

/**
 * Reads `2026-03-01` (that day's end), `2026-03-01T14:20`, a full ISO instant, `now`, or an age: `3d`, `"2 weeks ago"`.
 * @returns milliseconds since 1970. @throws UsageError
 */
export function readInstant(text: string, now = Date.now()): number {
  const typed = text.trim()
  const at = typed.toLowerCase() === 'now' ? now : (ago(typed, now) ?? calendar(typed))
  if (at === undefined)
    throw new UsageError(`${quoted(text)} is no time; write 2026-03-01, 2026-03-01T14:20 or "3d ago".`)
  return at
}
