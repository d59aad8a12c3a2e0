import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { filterKeys, isValues, maxTerms, sortKeys } from '#core/filter/filter.ts'
import { refusalCodes } from '#core/values/refusal.ts'
import { docket } from './testing/run-docket.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = text('docs/cli.md')

/** The names in a documented shape, `{ a, b: [{ c }] }`: those of its outermost braces. */
function namesIn(shape: string): string[] {
  let inner = shape.slice(shape.indexOf('{') + 1, shape.lastIndexOf('}'))
  for (let before = ''; before !== inner; ) {
    before = inner
    inner = inner.replace(/:\s*\[[^[\]{}]*\]|:\s*\{[^[\]{}]*\}|\{[^{}]*\}/g, '')
  }
  return inner
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .sort()
}
/** The shape behind a command's row of the table. */
function ofCommand(command: string): string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${command}`)) ?? ''
  return namesIn(/`(\{[^`]*\})`/.exec(row)?.[1] ?? '{}')
}
/** The shape behind a name in the list of shapes. */
function ofShape(name: string): string[] {
  const entry = page.slice(page.indexOf(`- _${name}_:`))
  return namesIn(/`(\{[^`]*\})`/.exec(entry)?.[1] ?? '{}')
}

let folder: string
let remove: () => void
let made: Record<string, unknown>
const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await docket([...args, '--json', '--workspace', folder])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
const names = (value: unknown) => Object.keys(value as object).sort()
const first = (value: unknown) => (value as unknown[])[0]

beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  made = await json('init', '--member', 'Ada Lovelace')
})
afterAll(() => remove())

describe('docs/cli.md', () => {
  it('has a row for every command, and no other', async () => {
    const { stdout } = await docket(['--help'])
    const commands = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help')
    const table = page.slice(page.indexOf('| command'), page.indexOf('\n\n', page.indexOf('| command')))
    expect([...table.matchAll(/^\| `([a-z]+)/gm)].map(([, name]) => name)).toEqual(commands)
  })

  it.each(['import', 'export'])('says every option and format of %s, and no other', async (command) => {
    const { stdout } = await docket([command, '--help'])
    const help = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Global Options:'))
    const options = [...help.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)]
      .map(([, short, long]) => short ?? long)
      .filter((option) => option !== '-h')
    const formats = [...help.matchAll(/"([a-z-]+)"/g)].map(([, format]) => format)
    expect(options.length * formats.length).toBeGreaterThan(5)
    const row = page.split('\n').find((line) => line.startsWith(`| \`${command}`)) ?? ''
    const [, usage = ''] = /^\| `([^`]+)`/.exec(row) ?? []
    expect([...usage.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g)].map(([option]) => option).sort()).toEqual(
      options.sort(),
    )
    expect(formats.filter((format) => !new RegExp(`[\`|\\s]${format}[\`\\\\\\s]`).test(row))).toEqual([])
  })

  it('names every code of a refusal that a command can end with', () => {
    const codes: readonly string[] = refusalCodes
    expect(codes.length).toBeGreaterThan(20)
    // Jobs and files' tokens have no names here: a command is its job.
    const without = ['unknown_job', 'unknown_file']
    expect(codes.filter((code) => !without.includes(code) && !page.includes(`\`${code}\``))).toEqual([])
  })

  it('says of every JSON document exactly what is in it', async () => {
    expect(names(made)).toEqual(ofCommand('init'))
    const outcome = ofShape('outcome')
    expect(names(await json('new', 'One', '-l', 'bug', '-d', 'Text'))).toEqual(outcome)
    await json('new', 'Two')
    expect(names(await json('edit', 'DOC-1', '--blocks', 'DOC-2', '--due', '2030-01-01'))).toEqual(outcome)
    expect(names(await json('do', 'DOC-1', 'start'))).toEqual([...outcome, 'status'].sort())
    expect(names(await json('comment', 'DOC-1', 'Hello'))).toEqual([...outcome, 'commentId'].sort())

    const list = await json('list')
    expect(names(list)).toEqual(ofCommand('list'))
    expect(names(first(list.issues))).toEqual(ofShape('row'))
    const issue = [...ofShape('row'), ...ofShape('issue')].sort()
    expect(names(await json('show', 'DOC-1'))).toEqual(issue)
    expect(names(await json('show', '1', '--at', 'now'))).toEqual(issue)
    expect(names(await json('transitions', 'doc-1'))).toEqual(ofCommand('transitions'))
    const feed = await json('feed')
    expect(names(feed)).toEqual(ofCommand('feed'))
    expect(names(first(feed.events))).toEqual(ofShape('event'))

    const stale = ['--name', 'Stale', '--when', 'idle:1d', '--then', 'comment:Hello']
    const rule = ofShape('rule')
    expect(names(await json('rule', 'add', ...stale))).toEqual(rule)
    expect(names(await json('rule', 'change', 'Stale', '--if', 'is:open'))).toEqual(rule)
    expect(names(await json('rule', 'show', 'stale'))).toEqual([...rule, 'history'].sort())
    const { rules } = await json('rule', 'list')
    expect(names(first(rules))).toEqual(rule)
    const tried = await json(
      'rule',
      'dry-run',
      '--name',
      'x',
      '--when',
      'event:created',
      '--then',
      'priority:low',
    )
    expect(names(tried)).toEqual(ofShape('dry run'))
    expect(names(first(tried.lines))).toEqual(['at', 'because', 'does', 'eventId', 'issue', 'stopped'])
    expect(names(await json('rule', 'disable', 'Stale'))).toEqual(['changed', 'id', 'name'])

    const file = join(folder, 'out')
    expect(names(await json('export', '--format', 'csv', '-o', file))).toEqual(
      [...ofCommand('export'), 'issues'].sort(),
    )
    expect(names(await json('export', '--format', 'jsonl', '-o', file))).toEqual(
      [...ofCommand('export'), 'events'].sort(),
    )
    writeFileSync(file, `${readFileSync(file, 'utf8')}nonsense\n`)
    const imported = await json('import', file, '--format', 'docket')
    expect(names(imported)).toEqual(ofCommand('import'))
    expect(names(first(imported.problems))).toEqual(['line', 'reason'])
    expect(names(await json('verify'))).toEqual(ofCommand('verify'))
    expect(names(await json('rebuild'))).toEqual(ofCommand('rebuild'))
    const stats = await json('stats')
    expect(names(stats)).toEqual(ofCommand('stats'))
    expect(names(stats.workspace)).toEqual(['folder', 'keyPrefix', 'name'])
  })
})

describe('docs/filter-language.md', () => {
  const language = text('docs/filter-language.md')
  it('knows every key, value and order of the language', () => {
    const words = [
      ...filterKeys.map((key) => `\`${key}:`),
      ...isValues.map((value) => `\`is:${value}\``),
      ...sortKeys.map((key) => `\`${key}\``),
      `${maxTerms} terms`,
    ]
    expect(words.filter((word) => !language.includes(word))).toEqual([])
  })

  it('has no example that is a mistake', async () => {
    const { parseFilter } = await import('#core/filter/parse-filter.ts')
    const examples = [...language.matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell]) =>
      [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, query]) => query ?? ''),
    )
    expect(examples.length).toBeGreaterThan(25)
    const mistakes = examples.filter((query) => !query.endsWith('…') && !parseFilter(query).ok)
    expect(mistakes).toEqual([])
  })
})
