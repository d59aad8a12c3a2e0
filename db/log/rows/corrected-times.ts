import { eq, ne } from 'drizzle-orm'
import { shiftedTime, type TimeCorrection, type TimeOffsets, timeOffsets } from '#core/time/corrected-time.ts'
import { settings, timeCorrections } from '../../schema.ts'
import type { ReadDatabase } from '../../sqlite/open-database.ts'

/** The name in `settings` that changes with what corrections are good for. */
export const correctedSetting = 'times.corrected'
/** The name in `settings` of how far they have their effect, as JSON; there only while it is not all of it. */
export const progressSetting = 'times.progress'

/** By chain, where its corrections do not have all of their effect yet: the first place without it, and what is added from there on until then. */
export type CorrectionProgress = Map<
  number,
  { readonly upTo: number; readonly before: readonly TimeCorrection[] }
>

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
  /** What will be, once all corrections have all of their effect. */
  wanted(chainId: number): TimeOffsets | undefined
  /** How far they have it. */
  readonly progress: Readonly<CorrectionProgress>
  /** Looks whether corrections were recorded since, through any connection. */
  refresh(): void
  /** Reads them again at the next look, after a transaction was rolled back. */
  forget(): void
}

const byConnection = new WeakMap<ReadDatabase['client'], CorrectedTimes>()

/** The corrected times of a connection; one for all who ask, so that they agree within a transaction. Asked for often: kept in memory, a few numbers a correction. */
export function correctedTimesOf(database: ReadDatabase): CorrectedTimes {
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
  let pieces = new Map<number, TimeCorrection[]>()
  let progress: CorrectionProgress = new Map()
  const howFar = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, progressSetting))
    .prepare()

  /** What has its effect on a chain by now. */
  function effective(chainId: number): readonly TimeCorrection[] {
    const all = pieces.get(chainId) ?? []
    const part = progress.get(chainId)
    if (!part) return all
    const { upTo, before } = part
    return [...all.map((piece) => ({ ...piece, toSeq: Math.min(piece.toSeq, upTo - 1) })), ...before]
  }

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
    wanted(chainId) {
      const list = pieces.get(chainId)
      return list && timeOffsets(list)
    },
    get progress() {
      return progress
    },
    refresh() {
      const value = version.get()?.value
      if (value === seen) return
      seen = value
      pieces = Map.groupBy(all.all(), ({ chainId }) => chainId)
      progress = new Map(JSON.parse(howFar.get()?.value ?? '[]') as [number, never][])
      chains = new Map(
        [...new Set([...pieces.keys(), ...progress.keys()])].map((id) => [id, timeOffsets(effective(id))]),
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

/** Looks whether corrections do not have all of their effect yet: until then what this copy shows is not what others come to. */
export function correctionsPending({ orm }: Pick<ReadDatabase, 'orm'>): () => boolean {
  const howFar = orm
    .select({ name: settings.name })
    .from(settings)
    .where(eq(settings.name, progressSetting))
    .prepare()
  return () => howFar.get() !== undefined
}
