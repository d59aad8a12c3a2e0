import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { plainFileName } from './file-name.ts'
import { transferFolder } from './transfer-folder.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-transfer-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('what a host left that was killed is removed by the next, and that of one that runs is not', () => {
  const module = JSON.stringify(new URL('./transfer-folder.ts', import.meta.url).href)
  const program = `const { transferFolder } = await import(${module})
    const { writeFileSync } = await import('node:fs')
    writeFileSync(transferFolder(${JSON.stringify(root)}).place('left.jsonl'), 'left')
    process.kill(process.pid, 'SIGKILL')`
  const killed = spawnSync(process.execPath, ['--input-type=module', '--eval', program])
  expect(killed.signal).toBe('SIGKILL')
  expect(readdirSync(root)).toHaveLength(1)
  const mine = transferFolder(root)
  expect(readdirSync(root)).toEqual([])
  const file = mine.place('mine.jsonl')
  writeFileSync(file, '')
  const of = (pid: number) => join(root, `${pid}-abc`)
  mkdirSync(of(process.ppid))
  transferFolder(root)
  expect(existsSync(of(process.ppid))).toBe(true)
  expect(existsSync(file)).toBe(true)
  mine.close()
  expect(existsSync(file)).toBe(false)
})

it.each([
  ['../../etc/passwd', '_.._etc_passwd'],
  ['..', 'file'],
  ['', 'file'],
  ['a\u0000b\nc\u202e.txt', 'a_b_c_.txt'],
  ['C:\\x\\y.json', 'C__x_y.json'],
  ['Übersicht 🦊.csv', 'Übersicht 🦊.csv'],
  ['x'.repeat(300), 'x'.repeat(100)],
])('%j is kept as %j', (name, plain) => {
  expect(plainFileName(name, 'file')).toBe(plain)
})
