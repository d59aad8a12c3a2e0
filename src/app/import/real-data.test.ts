import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { ImportFormat } from '#contract/import-formats.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'

import { importFile } from './import-file.ts'
import { collectImport } from './testing/collected-import.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const data = join(import.meta.dirname, '../../../../shared/data')
const sources: readonly {
  format: ImportFormat
  file: string
  issues: number
  problems: number
  atLeast: Record<string, number>
}[] = [
  {
    format: 'jira',
    file: 'jira-aloy/issues.ndjson',
    issues: 1_497,
    problems: 2,
    atLeast: { commented: 4_500, attached: 1_100, linked: 300 },
  },
  {
    format: 'beads',
    file: 'beads/issues.jsonl',
    issues: 17_313,
    problems: 3,
    atLeast: { linked: 2_500, archived: 3_900 },
  },
  {
    format: 'beads-events',
    file: 'beads/events.ndjson',
    issues: 17_316,
    problems: 7,
    atLeast: { status_changed: 11_000, title_changed: 7_500 },
  },
]

describe.skipIf(!existsSync(data))('real histories (skipped where ../shared/data is not there)', () => {
  it.each(sources)(
    '$file goes in whole: every payload valid, every id new, nothing superseded, no link to nowhere',
    async (source) => {
      const read = await collectImport(source.format, join(data, source.file))
      expect(read.issues.size).toBe(source.issues)
      expect(read.problems).toHaveLength(source.problems)
      expect(
        read.problems.every((problem) => problem.line > 0 && /^The line is not JSON/.test(problem.reason)),
      ).toBe(true)
      expect(read.invalid).toEqual([])
      expect(new Set(read.ids).size).toBe(read.ids.length)
      const ids = new Set([...read.issues.values()].map((issue) => issue.id))
      const folded = [...read.issues.values()]
      expect(folded.flatMap((issue) => issue.superseded)).toEqual([])
      expect(folded.flatMap((issue) => issue.links).filter((link) => !ids.has(link.target))).toEqual([])
      const counts: Record<string, number> = {}
      for (const event of read.streams.flatMap((stream) => stream.events))
        counts[event.type] = (counts[event.type] ?? 0) + 1
      for (const [type, least] of Object.entries(source.atLeast))
        expect(counts[type], type).toBeGreaterThanOrEqual(least)
      expect(JSON.stringify(read.streams).isWellFormed()).toBe(true)
    },
    120_000,
  )

  it('what the importer holds does not grow with what it has read', async () => {
    const held: number[] = []
    let transactions = 0
    const result = await importFile({
      format: 'beads-events',
      file: join(data, 'beads/events.ndjson'),
      context: { derive: deriveId },
      writeStreams: (streams) => {
        if (++transactions % 100 === 0) {
          collectGarbage()
          held.push(process.memoryUsage().heapUsed)
        }
        return {
          appended: streams.reduce((sum, stream) => sum + stream.events.length, 0),
          skipped: 0,
          issues: 0,
        }
      },
    })
    expect(result).toMatchObject({ ok: true, value: { cancelled: false } })
    expect(held.length).toBeGreaterThan(5)
    expect(Math.max(...held) - Math.min(...held)).toBeLessThan(40e6)
  }, 120_000)
})
