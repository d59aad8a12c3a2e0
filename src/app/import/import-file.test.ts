import { afterAll, describe, expect, it } from 'vitest'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { ImportedStream } from './history/imported.ts'
import { type ImportOptions, importFile, type Written } from './import-file.ts'
import { testFolder } from './testing/collected-import.ts'

const files = testFolder()
afterAll(() => files.dispose())

const bead = (id: number) =>
  JSON.stringify({
    id: `x-${id}`,
    title: `Bead ${id}`,
    status: 'closed',
    priority: 1,
    issue_type: 'task',
    created_at: '2025-10-12T00:43:03Z',
    updated_at: '2025-10-13T00:00:00Z',
  })
const beads = (count: number): string =>
  files.file(Array.from({ length: count }, (_, n) => bead(n)).join('\n'))

/** A log as far as the port asks for one: every id once. */
function memoryLog() {
  const ids = new Set<string>()
  const transactions: (readonly ImportedStream[])[] = []
  const writeStreams = (streams: readonly ImportedStream[]): Written => {
    transactions.push(streams)
    const events = streams.flatMap((stream) =>
      stream.events.map((event) => ({ ...event, streamType: stream.streamType })),
    )
    const fresh = events.filter((event) => !ids.has(event.id))
    for (const event of fresh) ids.add(event.id)
    return {
      appended: fresh.length,
      skipped: events.length - fresh.length,
      issues: fresh.filter((event) => event.type === 'created').length,
    }
  }
  return { ids, transactions, writeStreams }
}

const run = (file: string, log: ReturnType<typeof memoryLog>, more: Partial<ImportOptions> = {}) =>
  importFile({
    format: 'beads',
    file,
    context: { derive: deriveId },
    writeStreams: log.writeStreams,
    ...more,
  })

describe('importing a file', () => {
  it('writes whole issues in transactions of some 150 events, people and labels before the issues that need them', async () => {
    const log = memoryLog()
    const result = await run(beads(500), log)
    expect(result).toMatchObject({
      ok: true,
      value: { issues: 500, events: log.ids.size, skipped: 0, problemCount: 0, cancelled: false },
    })
    const sizes = log.transactions.map((streams) =>
      streams.reduce((sum, stream) => sum + stream.events.length, 0),
    )
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200)
    const owners = log.transactions.flatMap((streams, transaction) =>
      streams.map((stream) => [stream.streamId, transaction] as const),
    )
    expect(new Map(owners).size).toBe(owners.length)
    const known = new Set<string>()
    for (const stream of log.transactions.flat()) {
      known.add(stream.streamId)
      for (const event of stream.events) {
        expect(known.has(event.actorId)).toBe(true)
        if (event.type === 'labeled') expect(known.has(String(event.data.labelId))).toBe(true)
      }
    }
  })

  it('a second time adds nothing', async () => {
    const log = memoryLog()
    const file = beads(50)
    await run(file, log)
    const count = log.ids.size
    expect(await run(file, log)).toMatchObject({ ok: true, value: { issues: 0, events: 0, skipped: count } })
  })

  it('stops between transactions when told to, keeps what is in, and goes on from there', async () => {
    const log = memoryLog()
    const file = beads(2_000)
    const stop = new AbortController()
    const stopped = await run(file, log, {
      signal: stop.signal,
      writeStreams: (streams) => {
        if (log.transactions.length === 2) stop.abort()
        return log.writeStreams(streams)
      },
    })
    expect(stopped).toMatchObject({ ok: true, value: { cancelled: true, events: log.ids.size } })
    expect(log.transactions).toHaveLength(3)
    const before = log.ids.size
    expect(await run(file, log)).toMatchObject({ ok: true, value: { cancelled: false, skipped: before } })
    expect(log.ids.size).toBeGreaterThan(before)
  })

  it('tells progress that only grows, up to the whole', async () => {
    const told: (readonly [number, number])[] = []
    let clock = 0
    const file = beads(300)
    await run(file, memoryLog(), {
      now: () => (clock += 10),
      onProgress: (bytes, total) => told.push([bytes, total]),
    })
    expect(told.length).toBeGreaterThan(3)
    expect(told.map(([bytes]) => bytes)).toEqual(told.map(([bytes]) => bytes).sort((a, b) => a - b))
    expect(told.at(-1)?.[0]).toBe(told.at(-1)?.[1])
  })

  it('keeps the first thousand problems and counts all', async () => {
    const result = await run(files.file(`${bead(1)}\n${'nonsense\n'.repeat(1_500)}${bead(2)}`), memoryLog())
    expect(result).toMatchObject({ ok: true, value: { issues: 2, problemCount: 1_500 } })
    expect(result.ok && result.value.problems.length).toBe(1_000)
    expect(result.ok && result.value.problems[0]).toEqual({
      line: 2,
      reason: expect.stringMatching(/^The line is not JSON/),
    })
  })

  it('refuses what can not be read, and writes nothing', async () => {
    const log = memoryLog()
    expect(await run(files.folder, log)).toMatchObject({ ok: false, error: { code: 'import_unreadable' } })
    expect(await run(files.file(Buffer.from([0, 1, 2])), log)).toMatchObject({
      ok: false,
      error: { code: 'import_unreadable' },
    })
    expect(log.transactions).toEqual([])
  })

  it('refuses an export of a newer Docket', async () => {
    expect(
      await run(files.file('{"docket":2,"kind":"events"}\n'), memoryLog(), { format: 'docket' }),
    ).toMatchObject({ ok: false, error: { code: 'newer_version' } })
  })
})
