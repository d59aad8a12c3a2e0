import { lastInstant } from '#core/time/instant.ts'
import type { Millis } from '#core/values/ids.ts'

const form =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$/i

/**
 * Reads an instant as trackers write it: ISO 8601 with `Z`, `+02:00`, `+0200` or `+02`, a fraction of up to nanoseconds (cut to
 * milliseconds), a blank for the `T`, a date alone, or a number of seconds or milliseconds. Without a zone it is UTC.
 * @returns whole milliseconds since 1970, or `null` where it is no instant, one after the year 9999, or one before 1970 (which is
 * how Go and others write "none").
 */
export function parseInstant(from: unknown): Millis | null {
  if (typeof from === 'number') return fromNumber(from)
  if (typeof from !== 'string') return null
  const match = form.exec(from)
  if (!match) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  // A leap second is the last second of its minute.
  const seconds = Math.min(Number(second), 59)
  const offset = offsetMinutes(zone)
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || offset === null) return null
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  // `Date.UTC` turns the 31st of February into the 3rd of March; a date that moved was no date.
  if (
    new Date(midnight).getUTCDate() !== Number(day) ||
    new Date(midnight).getUTCMonth() !== Number(month) - 1
  )
    return null
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3))
  const instant = midnight + ((Number(hour) * 60 + Number(minute) - offset) * 60 + seconds) * 1000 + millis
  return instant >= 0 && instant <= lastInstant ? instant : null
}

/** A calendar day, `2026-11-30`, from a day or an instant (its day as written); `null` where there is none. */
export function parseDay(from: unknown): string | null {
  if (typeof from !== 'string') return null
  const day = /^\s*(\d{4}-\d{2}-\d{2})(?:$|[T\s])/.exec(from)?.[1]
  return day !== undefined && parseInstant(day) !== null ? day : null
}

function offsetMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || '0')
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function fromNumber(value: number): Millis | null {
  if (!Number.isFinite(value) || value <= 0) return null
  // Seconds stay below this until the year 5138; milliseconds are above it since 1973.
  const millis = Math.floor(value < 1e11 ? value * 1000 : value)
  return millis <= lastInstant ? millis : null
}
