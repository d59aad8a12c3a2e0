import { eventRegistry } from '#core/event-registry.ts'
import { chainReader } from '#db/log/read/chain-reader.ts'
import { type ForgottenEnd, forgottenEnds } from '#db/log/read/known-positions.ts'
import { type VerifyReport, verifyLog } from '#db/log/verify.ts'
import { type ProjectionProblem, projectionProblems } from '#db/projections/verify-projections.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import type { WorkOptions } from '#db/sqlite/progress.ts'
import { schemaProblems } from '#db/sqlite/verify-schema.ts'
import { receiptedPlaces } from '#inboxes/store/receipted-positions.ts'
import { anchorOf } from '../workspace/anchor.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** All that a verify looked at. */
export type WholeReport = VerifyReport & {
  /** What SQLite finds wrong with the file, in one line; `null` where it is sound. */
  readonly damage: string | null
  /** What of the file's schema is not as Docket made it, the triggers that keep events from change among it. */
  readonly schema: readonly string[]
  /** Projections that do not say what the events come to; `null` where that can't be found out. */
  readonly projections: readonly ProjectionProblem[] | null
  /** Chains of which the server's receipts, or this computer, saw more or other than is here. */
  readonly forgotten: readonly ForgottenEnd[]
  /** All that is wrong beside the chain's own problems, a sentence each. */
  readonly findings: readonly string[]
  /** Nothing is wrong. */
  readonly intact: boolean
}

/**
 * What SQLite finds wrong with the file, indexes included, in one line; `null` where it is sound. The hash chain speaks for the events alone.
 */
function fileDamage({ database }: Workspace): string | null {
  try {
    const found = String(database.client.pragma('integrity_check(1)', { simple: true }))
    return found === 'ok' ? null : found.replace(/\s+/g, ' ').trim()
  } catch (error) {
    // So damaged that it can't even be looked over; what the chain's check found is still worth more than that.
    if (databaseRefusal(error, '')?.code !== 'corrupt') throw error
    return error instanceof Error ? error.message : 'unreadable'
  }
}

/** Tries what a damaged file may make impossible. */
function whereReadable<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error && error.name === 'CancelledError') throw error
    return null
  }
}

const eventsText = (count: number): string => `${count} event${count === 1 ? '' : 's'}`

function sentences({
  damage,
  schema,
  projections,
  forgotten,
}: Omit<WholeReport, keyof VerifyReport | 'findings' | 'intact'>): string[] {
  const missing = forgotten.reduce((sum, end) => sum + end.missing, 0)
  return [
    ...(damage === null
      ? []
      : [`The file is damaged (${damage}): export it as jsonl, and import that into a new workspace.`]),
    ...(schema.length === 0 ? [] : [`The file’s schema is not as Docket made it: ${schema.join('; ')}.`]),
    ...(projections === null
      ? ['What the events come to could not be compared with what is shown.']
      : projections.length === 0
        ? []
        : [
            `What is shown is not what the events come to (${projections.map(({ projection, rows }) => (rows > 0 ? `${projection}: ${rows}` : projection)).join(', ')}): docket rebuild makes it again.`,
          ]),
    ...(forgotten.length === 0
      ? []
      : [
          missing > 0
            ? `This copy is ${eventsText(missing)} older than what this computer or the server last saw of it: its end was cut off, or an older copy was put in its place.`
            : 'This copy is not the one that this computer or the server last saw: its history was written anew.',
        ]),
  ]
}

/** Looks at everything that can be looked at without a witness, reading only. @throws CancelledError */
export function runVerify(workspace: Workspace, options: WorkOptions): WholeReport {
  const { database, folder, log } = workspace
  const { onProgress } = options
  // The hashes are the first half, the fold is the second.
  const chain = verifyLog(database, {
    ...options,
    ...(onProgress
      ? { onProgress: (progress) => onProgress({ ...progress, total: progress.total * 2 }) }
      : {}),
  })
  const anchor = anchorOf(workspace)
  const found = {
    damage: fileDamage(workspace),
    schema: whereReadable(() => schemaProblems(database, workspace.migrations)) ?? ['it can not be read'],
    projections: whereReadable(() =>
      projectionProblems(database.file, { ...options, registry: eventRegistry() }),
    ),
    forgotten: [
      ...(whereReadable(() => anchor.forgotten()) ?? []),
      ...(whereReadable(() => forgottenEnds(chainReader(database, log.streamIds), receiptedPlaces(folder))) ??
        []),
    ].filter((end, index, all) => all.findIndex((other) => other.chain === end.chain) === index),
  }
  const findings = sentences(found)
  const intact = findings.length === 0 && chain.problems.length === 0
  if (intact) anchor.move()
  return { ...chain, ...found, findings, intact }
}
