import { eq, ne } from 'drizzle-orm'
import { shiftedTime, type TimeCorrection, type TimeOffsets, timeOffsets } from '#core/corrected-time.ts'
import type { ReadDatabase } from './open-database.ts'
import { settings, timeCorrections } from './schema.ts'

/** The name in `settings` that changes with what corrections are good for. */
export const correctedSetting = 'times.corrected'

/** When events happened, with the corrections of wrong clocks applied. */
export type CorrectedTimes = {
  /** Whether any correction has an effect. */
  readonly any: boolean
  /** Another one whenever times may differ; as of the last look. */
  readonly version: string | undefined
  /** When an event happened, by the row of its chain and its place there. @param recorded as the row has it. */
  of(chainId: number, seq: number, recorded: number): number
  /** What is added on a chain; `undefined` where nothing is. */
  offsets(chainId: number): TimeOffsets | undefined
  /** Looks whether corrections were recorded since, through any connection. */
  refresh(): void
  /** Reads them again at the next look, after a transaction was rolled back. */
  forget(): void
}

const byConnection = new WeakMap<ReadDatabase['client'], CorrectedTimes>()

/** The corrected times of a connection; one for all who ask, so that they agree within a transaction. Asked for often: kept in memory, a few numbers a correction. */
export function correctedTimes(database: ReadDatabase): CorrectedTimes {
  const known = byConnection.get(database.client)
  if (known) return known
  const { orm } = database
  const version = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, correctedSetting))
    .prepare()
  const all = orm.select().from(timeCorrections).where(ne(timeCorrections.chainId, 0)).prepare()
  let seen: string | undefined
  let chains = new Map<number, TimeOffsets>()

  const times: CorrectedTimes = {
    get any() {
      return chains.size > 0
    },
    get version() {
      return seen
    },
    of: (chainId, seq, recorded) => {
      if (chains.size === 0) return recorded
      const offsets = chains.get(chainId)
      return offsets ? shiftedTime(recorded, offsets.at(seq)) : recorded
    },
    offsets: (chainId) => chains.get(chainId),
    refresh() {
      const value = version.get()?.value
      if (value === seen) return
      seen = value
      const rows: [number, TimeCorrection][] = all.all().map((row) => [row.chainId, row])
      chains = new Map(
        [...Map.groupBy(rows, ([chainId]) => chainId)].map(
          ([chainId, list]) => [chainId, timeOffsets(list.map(([, correction]) => correction))] as const,
        ),
      )
    },
    forget() {
      seen = ''
    },
  }
  times.refresh()
  byConnection.set(database.client, times)
  return times
}
