import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Result } from '#core/values/refusal.ts'
import { hostFiles } from './host-files.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-files-'))
})
afterEach(() => void vi.useRealTimers())
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('a token is good once, and only for what it was given for', () => {
  const files = hostFiles({ transfers: root })
  const { token, name } = files.offer('import', '/data/issues.jsonl')
  expect(name).toBe('issues.jsonl')
  expect(files.take(token, 'export')).toBeUndefined()
  expect(files.take(token, 'import')).toMatchObject({ path: '/data/issues.jsonl' })
  expect(files.take(token, 'import')).toBeUndefined()
  files.close()
})

it('of many uploads that nobody imports only the newest wait', async () => {
  const files = hostFiles({ transfers: root })
  const tokens: string[] = []
  for (let n = 0; n < 40; n++) {
    const received = await files.receive(`${n}.jsonl`, Readable.from([Buffer.from('text')]))
    if (received.ok) tokens.push(received.value.token)
  }
  const left = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(left).toHaveLength(32)
  expect(files.take(tokens[0] ?? '', 'import')).toBeUndefined()
  expect(files.take(tokens[39] ?? '', 'import')).toMatchObject({ name: '39.jsonl' })
  files.close()
})

it('a token is good for an hour, and what was sent under one that is too old goes away', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const files = hostFiles({ transfers: root })
  const left = (): string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    )
  const sent = async (name: string): Promise<string> => {
    const received = await files.receive(name, Readable.from([Buffer.from('text')]))
    return received.ok ? received.value.token : ''
  }
  const first = await sent('first.jsonl')
  const second = await sent('second.jsonl')
  vi.advanceTimersByTime(3_599_000)
  expect(files.take(first, 'import')).toMatchObject({ name: 'first.jsonl' })
  expect(left()).toHaveLength(2)
  vi.advanceTimersByTime(2_000)
  expect(files.take(second, 'import')).toBeUndefined()
  expect(left()).toHaveLength(1)
  files.close()
})

it('what was taken and given back is good for another hour, and stays beside the newest', async () => {
  const files = hostFiles({ transfers: root })
  const { token } = files.offer('import', '/data/issues.jsonl')
  for (let n = 0; n < 31; n++) files.offer('import', `/data/${n}.jsonl`)
  const file = files.take(token, 'import')
  if (file) files.giveBack(token, 'import', file)
  files.offer('import', '/data/last.jsonl')
  expect(files.take(token, 'import')).toMatchObject({ path: '/data/issues.jsonl' })
  files.close()
})

it('where nothing more fits on the disk, that is said, and nothing of the file is kept', () => {
  const module = JSON.stringify(new URL('./host-files.ts', import.meta.url).href)
  const program = `const { hostFiles } = await import(${module})
    const { Readable } = await import('node:stream')
    const { readdirSync } = await import('node:fs')
    const files = hostFiles({ transfers: ${JSON.stringify(root)} })
    const received = await files.receive('large.jsonl', Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65_536))))
    const left = readdirSync(${JSON.stringify(root)}, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    console.log(JSON.stringify({ received, left }))
    files.close()`
  // A file of this process has at most 1 MB, as on a disk with no more room.
  const ran = spawnSync(
    'sh',
    ['-c', 'ulimit -f 2048; exec "$0" --input-type=module --eval "$1"', process.execPath, program],
    {
      encoding: 'utf8',
    },
  )
  const { received, left } = JSON.parse(ran.stdout) as { received: Result<unknown>; left: unknown[] }
  expect(received).toEqual({
    ok: false,
    error: {
      code: 'disk_full',
      message: 'The disk is full; large.jsonl was not taken. Make room and try again.',
    },
  })
  expect(left).toEqual([])
})
