import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { exportHeader } from '#app/export/export-events.ts'
import { runJob } from '#app/jobs/run-job.ts'
import { makeWorkspace, temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { verifyLog } from '#db/log/verify.ts'
import { rebuildProjections } from '#db/projections/rebuild.ts'
import { opened, payloadFiles } from './frozen.ts'

type Line = { type: string; schemaVersion: number; stream: { type: never }; data: Record<string, unknown> }

const texts = payloadFiles.map((file) => readFileSync(file, 'utf8'))
const lines = texts.flatMap((text) =>
  text
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as Line),
)
const registry = eventRegistry()

describe('frozen payloads', () => {
  it('there is one of every type and version, and it means something to this Docket', () => {
    const frozen = new Set(lines.map(({ type, schemaVersion }) => `${type} ${schemaVersion}`))
    const missing = registry
      .types()
      .flatMap(({ name, version }) => Array.from({ length: version }, (_, before) => `${name} ${before + 1}`))
      .filter((each) => !frozen.has(each))
    expect(
      missing,
      'These have no frozen payload. Write them as lines of docket’s own JSONL into a new file e2e/corpus/payloads/NNNN-NAME.jsonl, in an order that makes sense of them; never change a line that stands. e2e/corpus/README.md says how.',
    ).toEqual([])
    for (const { type, schemaVersion, stream, data } of lines) {
      expect(registry.belongs(type, stream.type)).toBe(true)
      const read = registry.find(type)?.schema.safeParse(registry.lift(type, schemaVersion, data))
      expect({ type, schemaVersion, error: read?.error }).toEqual({ type, schemaVersion, error: undefined })
    }
  })

  it('imported they verify, fold as a rebuild does, come out byte for byte as they went in, and add nothing a second time', async () => {
    const { folder, remove } = temporaryFolder()
    makeWorkspace(folder)
    const done = async (request: Parameters<typeof runJob>[1]) => {
      const ended = await runJob(folder, request, {})
      if (!ended.ok) throw new Error(ended.error.message)
      return ended.value.result
    }
    for (const file of [...payloadFiles, ...payloadFiles])
      expect(await done({ kind: 'import', format: 'docket', file })).toMatchObject({ problems: [] })
    const workspace = opened(folder)
    expect(verifyLog(workspace.database)).toMatchObject({ events: lines.length, problems: [] })
    expect(rebuildProjections(workspace.database, { registry, newId: uuidv7 }).repaired).toEqual([])
    workspace.close()
    const file = join(folder, 'out.jsonl')
    await done({ kind: 'export', format: 'jsonl', withViews: true, file })
    // The first Dockets' exports have no hashes and no closing line.
    const oldHeader = '{"docket":1,"kind":"events"}\n'
    const whole = exportHeader + texts.map((text) => text.slice(oldHeader.length)).join('')
    const written = readFileSync(file, 'utf8').replace(/,"hash":"[0-9a-f]{32}"\}$/gm, '}')
    expect(written.replace(/[^\n]+\n$/, '')).toBe(whole)
    remove()
  })
})
