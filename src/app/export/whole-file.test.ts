import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeWholeFile } from './whole-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const textOf = (name: string): string => readFileSync(at(name), 'utf8')

describe('a file written as a whole', () => {
  it('replaces the old one, and leaves nothing beside it', async () => {
    writeFileSync(at('a.txt'), 'old')
    expect(await writeWholeFile(at('a.txt'), ['né', 'w'])).toEqual({ ok: true, value: { bytes: 4 } })
    expect(textOf('a.txt')).toBe('néw')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('stays the old one where the export is stopped or its source fails', async () => {
    writeFileSync(at('a.txt'), 'old')
    const stop = new AbortController()
    const pieces = function* () {
      yield 'x'.repeat(1_000_000)
      stop.abort()
      yield 'y'
    }
    expect(await writeWholeFile(at('a.txt'), pieces(), { signal: stop.signal })).toMatchObject({
      ok: false,
      error: { code: 'cancelled' },
    })
    const failing = function* (): Iterable<string> {
      yield 'x'
      throw new Error('broken source')
    }
    await expect(writeWholeFile(at('a.txt'), failing())).rejects.toThrow('broken source')
    expect(textOf('a.txt')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('is refused with a sentence where it can not be', async () => {
    expect(await writeWholeFile(folder, ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input', message: expect.stringMatching(/is a folder/) },
    })
    expect(await writeWholeFile(at('none/a.txt'), ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input', message: expect.stringMatching(/does not exist/) },
    })
    writeFileSync(at('plain'), '')
    expect(await writeWholeFile(at('plain/a.txt'), ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    })
    expect(await writeWholeFile(at('a'.repeat(300)), ['x'])).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    })
    expect(existsSync(at('none'))).toBe(false)
  })
})
