import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase, type WriteDatabase } from './open-database.ts'
import { waitForDisk, withoutFsync } from './without-fsync.ts'

let folder: string
let database: WriteDatabase
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-waiting-'))
  const opened = openDatabase(join(folder, 'log.db'))
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
})
afterEach(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

const synchronous = () => database.client.pragma('synchronous', { simple: true })

it('commits wait for the disk again whatever became of the work that did not', () => {
  expect(withoutFsync(database, synchronous)).toBe(1)
  expect(synchronous()).toBe(2)
  const fails = () => {
    throw new Error('no')
  }
  expect(() => withoutFsync(database, fails)).toThrow('no')
  expect(synchronous()).toBe(2)
})

it('a connection that never waits is left as it is', () => {
  database.client.pragma('synchronous = NORMAL')
  withoutFsync(database, () => {})
  expect(synchronous()).toBe(1)
})

it('waiting for the disk is a commit that writes, also where nothing is left to be written', () => {
  const written = () => statSync(join(folder, 'log.db-wal')).size
  const before = written()
  waitForDisk(database)
  expect(written()).toBeGreaterThan(before)
})
