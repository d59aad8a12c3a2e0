import type { Millis } from '../values/ids.ts'

/** The first and the last instant that anything may have happened at: the years 1 to 9999, as every clock on earth shows them, with four digits. */
export const firstInstant: Millis = Date.parse('0001-01-02T00:00:00.000Z')
export const lastInstant: Millis = Date.parse('9999-12-30T23:59:59.999Z')

/** Whether a number of milliseconds can be when something happened. */
export const isInstant = (at: number): boolean =>
  Number.isInteger(at) && at >= firstInstant && at <= lastInstant

/**
 * The nearest instant that a calendar can show. What is stored already is shown whatever it says, for a log can't be rid of it: an absurd one as the first
 * or last instant there is, no number at all as the first.
 */
export const shownInstant = (at: number): Millis =>
  Number.isNaN(at) ? firstInstant : Math.min(Math.max(at, firstInstant), lastInstant)

/** ISO 8601 in UTC, `2026-11-30T09:00:00.000Z`. Never throws. */
export const isoInstant = (at: number): string => new Date(shownInstant(at)).toISOString()
