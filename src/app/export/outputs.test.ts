import { execFileSync } from 'node:child_process'
import {
  createReadStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileLook, outputTarget, plainTarget } from '#db/files/output-target.ts'
import { replaceFile } from '#db/files/replace-file.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'
import { writeWholeFile } from './whole-file.ts'

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
})
afterEach(() => remove())
const at = (name: string): string => join(folder, name)
const textOf = (name: string): string => readFileSync(at(name), 'utf8')

function pipe(name: string): string {
  execFileSync('mkfifo', [at(name)])
  return at(name)
}

/** A file system in which one name is what must not be made in a test. */
const holding = (
  path: string,
  kind: Partial<Record<'isFile' | 'isDirectory' | 'isFIFO', boolean>>,
): FileLook => ({
  of: (name) => (name === path ? { isSymbolicLink: () => false } : undefined),
  through: (name) =>
    name === path
      ? {
          mode: 0o660,
          isFile: () => kind.isFile ?? false,
          isDirectory: () => kind.isDirectory ?? false,
          isFIFO: () => kind.isFIFO ?? false,
        }
      : undefined,
  link: () => '',
})

describe('where an output goes', () => {
  it('a link is followed, also where nothing is at its end yet, and stays a link', async () => {
    writeFileSync(at('target.csv'), 'old', { mode: 0o640 })
    symlinkSync('target.csv', at('first'))
    symlinkSync('first', at('second'))
    expect(await writeWholeFile(at('second'), ['new'])).toMatchObject({ ok: true })
    expect(textOf('target.csv')).toBe('new')
    expect(statSync(at('target.csv')).mode & 0o777).toBe(0o640)
    expect([at('first'), at('second')].map((name) => lstatSync(name).isSymbolicLink())).toEqual([true, true])
    symlinkSync(at('fresh.csv'), at('dangling'))
    expect(await writeWholeFile(at('dangling'), ['made'])).toMatchObject({ ok: true })
    expect(textOf('fresh.csv')).toBe('made')
    expect(lstatSync(at('dangling')).isSymbolicLink()).toBe(true)
  })

  it('a pipe is written into, whole, however slowly it is read, and stays a pipe', async () => {
    const path = pipe('pipe')
    const pieces = Array.from({ length: 3_000 }, (_, line) => `line ${line} ${'x'.repeat(100)}\n`)
    const writing = writeWholeFile(path, pieces)
    const [written, read] = await Promise.all([writing, text(createReadStream(path))])
    expect(written).toEqual({ ok: true, value: { bytes: Buffer.byteLength(pieces.join('')) } })
    expect(read).toBe(pieces.join(''))
    expect(lstatSync(path).isFIFO()).toBe(true)
    expect(readdirSync(folder)).toEqual(['pipe'])
  })

  it('a pipe that nobody reads is waited for until it is given up', async () => {
    const stop = new AbortController()
    const writing = writeWholeFile(pipe('pipe'), ['x'], { signal: stop.signal })
    stop.abort()
    expect(await writing).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  })

  it('a reader that leaves early is said so', async () => {
    const path = pipe('pipe')
    const writing = writeWholeFile(path, ['x'.repeat(1 << 20)])
    const reader = createReadStream(path, { highWaterMark: 10 })
    reader.once('data', () => reader.destroy())
    expect(await writing).toMatchObject({ ok: false, error: { code: 'output_closed' } })
    expect(lstatSync(path).isFIFO()).toBe(true)
  })

  it('a folder, a device, a socket and a circle of links are refused and left as they are', async () => {
    const refused = { ok: false, error: { code: 'invalid_input' } }
    mkdirSync(at('folder'))
    symlinkSync(at('folder'), at('to-folder'))
    symlinkSync(at('b'), at('a'))
    symlinkSync(at('a'), at('b'))
    const socket = createServer()
    await new Promise<void>((resolve) => socket.listen(at('socket'), resolve))
    const before = readdirSync(folder)
    for (const name of ['folder', 'to-folder', 'a', 'socket'])
      expect(await writeWholeFile(at(name), ['x']), name).toMatchObject(refused)
    expect(outputTarget('/made-up/device', holding('/made-up/device', {}))).toMatchObject(refused)
    expect(readdirSync(folder)).toEqual(before)
    expect(lstatSync(at('socket')).isSocket()).toBe(true)
    await new Promise((resolve) => socket.close(resolve))
  })

  it('standard output is known by its names, also at the end of a link', async () => {
    symlinkSync('/dev/stdout', at('link'))
    for (const name of ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', at('link')])
      expect(outputTarget(name), name).toEqual({ ok: true, value: { kind: 'standard_output' } })
    expect(await writeWholeFile('-', ['x'])).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    expect(readdirSync(folder)).toEqual(['link'])
  })

  it('what Docket reads again later is a plain file or nothing', () => {
    const path = pipe('pipe')
    expect(plainTarget(path)).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    expect(() => replaceFile(path, 'x')).toThrow('no plain file')
    expect(lstatSync(path).isFIFO()).toBe(true)
    symlinkSync('kept.json', at('link'))
    replaceFile(at('link'), '{}')
    replaceFile(at('link'), '{"a":1}')
    expect(textOf('kept.json')).toBe('{"a":1}')
    expect(statSync(at('kept.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['kept.json', 'link', 'pipe'])
  })
})

describe('docket export -o', () => {
  it('writes through a link, into a pipe and to standard output, each the same bytes', async () => {
    makeWorkspace(at('workspace'))
    openedWorkspace(at('workspace')).close()
    const exported = async (output: string) => {
      const args = ['export', '--format', 'csv', '-o', output, '--workspace', at('workspace')]
      const ran = await docket(args)
      expect(ran).toMatchObject({ code: 0, stderr: '' })
      return ran.stdout
    }
    const direct = await exported('-')
    expect(direct).toMatch(/^Key,Title/)
    expect(await exported('/dev/stdout')).toBe(direct)
    writeFileSync(at('target.csv'), 'old')
    symlinkSync('target.csv', at('link.csv'))
    await exported(at('link.csv'))
    expect(textOf('target.csv')).toBe(direct)
    expect(lstatSync(at('link.csv')).isSymbolicLink()).toBe(true)
    const path = pipe('pipe')
    const [, read] = await Promise.all([exported(path), text(createReadStream(path))])
    expect(read).toBe(direct)
    expect(lstatSync(path).isFIFO()).toBe(true)
  })
})
