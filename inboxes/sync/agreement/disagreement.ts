import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import type { SyncAgreement } from '#contract/answers/sync-answers.ts'
import { type DigestReports, mostEvidenceBytes } from '#contract/sync-api/agreement.ts'
import { makePrivateFolder } from '#db/files/private-files.ts'
import { replaceFile } from '#db/files/replace-file.ts'
import { digestTrail, type StateDigest, type TrailStep } from '#db/queries/state-digest.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import type { WorkspaceClient } from '../server/server-client.ts'
import { compareTrail } from './trail-reader.ts'

export type DisagreementOptions = {
  readonly database: ReadDatabase
  readonly client: Pick<WorkspaceClient, 'putEvidence' | 'getEvidence'>
  readonly deviceId: string
  /** The folder of the workspace. */
  readonly folder: string
  readonly now: () => number
}

type Difference = NonNullable<SyncAgreement['difference']>
type Report = DigestReports['reports'][number]

/** What a bundle says of itself. `trail` is absent where the other had laid nothing open yet. */
const bundledFacts = z.object({
  other: z.object({ chain: z.string() }),
  firstDifference: z.string().nullable(),
  /** `begun` is written before another's trail is looked at: where that ended the process, nobody looks again. */
  trail: z.enum(['begun', 'read', 'unreadable']).optional(),
})
type BundledFacts = z.infer<typeof bundledFacts>

/** Each costs a fold of the whole log, and its bundle stays on the disk: who reports another digest at every look is not followed for ever. */
const mostBundlesOfOne = 3
const mostBundles = 20

/** The most that another's trail may have packed, of as many events as this copy's: a step has 74 characters, most of them random. */
const mostTrailBytes = (steps: number): number => Math.min(mostEvidenceBytes, 65_536 + 100 * steps)

/** Finds out what two copies differ in that speak of the same place of the server, and writes down what there is to report. */
export function disagreements({ database, client, deviceId, folder, now }: DisagreementOptions) {
  const reports = join(folder, 'reports')

  function bundles(): readonly BundledFacts[] {
    if (!existsSync(reports)) return []
    const names = readdirSync(reports).filter((name) => name.startsWith('sync-'))
    return names.flatMap((name) => factsIn(join(reports, name)) ?? [])
  }

  return {
    /** @param before the difference that is known already. @returns what is to be shown, and written down where it is new. */
    async describe(found: StateDigest, other: Report, before: Difference | null): Promise<Difference> {
      const events = found.events === other.events ? null : { here: found.events, there: other.events }
      const shown = { issueKey: null, with: `${other.member}’s ${other.device}`, events }
      // Both went on from what was reported: that says it all.
      if (before?.eventId && before.with === shown.with) return before
      // One bundle for two states, however often they meet.
      const pair = [found.digest, other.digest].sort().map((digest) => digest.slice(0, 16))
      const bundle = join(reports, `sync-${pair.join('-')}`)
      const reported = factsIn(bundle)
      if (reported?.trail) return { ...shown, eventId: reported.firstDifference, bundle }
      if (!reported) {
        const all = bundles()
        const ofOne = all.filter((each) => each.other.chain === other.chain).length
        if (all.length >= mostBundles || ofOne >= mostBundlesOfOne)
          return before ?? { ...shown, eventId: null, bundle: null }
      }
      const ours = ourTrail(bundle) ?? digestTrail(database)
      const packed = gzipSync(JSON.stringify(ours))
      await client.putEvidence(deviceId, packed)
      const answer = await client.getEvidence(other.chain, mostTrailBytes(ours.length))
      makePrivateFolder(bundle)
      replaceFile(join(bundle, 'our-trail.json.gz'), packed)
      const write = (facts: Pick<BundledFacts, 'firstDifference' | 'trail'>): void => {
        const at = new Date(now()).toISOString()
        const text = JSON.stringify({ at, found, other, node: process.version, ...facts }, null, 2)
        replaceFile(join(bundle, 'facts.json'), `${text}\n`)
      }
      write({ firstDifference: null, ...(answer.ok ? { trail: 'begun' } : {}) })
      const compared = answer.ok ? await compareTrail(answer.value, ours) : undefined
      const eventId = compared?.ok ? compared.firstDifference : null
      if (compared) write({ firstDifference: eventId, trail: compared.ok ? 'read' : 'unreadable' })
      if (answer.ok && compared?.ok) replaceFile(join(bundle, 'their-trail.json.gz'), answer.value)
      console.error(
        `This copy and ${other.device} ${events ? 'hold other events at one place of the server' : 'hold the same events and differ in what they come to'}, from event ${eventId ?? 'unknown'} on. What to report is in ${bundle}; nothing was changed.`,
      )
      return { ...shown, eventId, bundle }
    },
  }
}

/** What a bundle says of itself; `undefined` where there is none, or half of one. */
function factsIn(bundle: string): BundledFacts | undefined {
  try {
    return bundledFacts.parse(JSON.parse(readFileSync(join(bundle, 'facts.json'), 'utf8')))
  } catch {
    return undefined
  }
}

/** This copy's trail as it was written down when the same two states met before. */
function ourTrail(bundle: string): readonly TrailStep[] | undefined {
  try {
    const text = gunzipSync(readFileSync(join(bundle, 'our-trail.json.gz'))).toString()
    return JSON.parse(text) as readonly TrailStep[]
  } catch {
    return undefined
  }
}
