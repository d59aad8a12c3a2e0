import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import type { NewEvent } from '#core/events/event.ts'
import { foldedWords } from '#core/filter/text-words.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import { asynchronousProjections } from '../projections/asynchronous-projections.ts'
import { openEventLog } from '../projections/event-log.ts'
import { respelledSetting } from '../projections/respelled-documents.ts'
import { projectionProblems } from '../projections/verify-projections.ts'
import { openDatabase, type WriteDatabase } from '../sqlite/open-database.ts'
import { type FoundIssue, searchQuery, wantedOf } from './search-query.ts'

const me = uuidv7()
let folder: string
let database: WriteDatabase
let log: SqliteEventLog
let search: ReturnType<typeof searchQuery>

function record(issue: string, type: string, data: unknown): void {
  log.append({ type: 'issue', id: issue }, [{ id: uuidv7(), type, data, actorId: me } as NewEvent])
}
function create(title: string, description = ''): string {
  const issue = uuidv7()
  record(issue, 'created', { title, description, priority: 'none', status: 'open' })
  return issue
}
function comment(issue: string, body: string): string {
  const commentId = uuidv7()
  record(issue, 'commented', { commentId, body })
  return commentId
}
function catchUp(): void {
  const behind = asynchronousProjections(database, log)
  while (behind.step(500));
}
const titles = (text: string, limit = 20): string[] => search(wantedOf(text), limit).map((hit) => hit.title)
const marked = (hit: FoundIssue | undefined): string[] =>
  (hit?.excerpt ?? []).filter((part) => part.hit).map((part) => part.text)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-search-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  database = opened.value
  log = openEventLog(database, { registry: eventRegistry(), now: Date.now, newId: uuidv7 })
  search = searchQuery(database, log.streamIds, log.toEvent)

  create('Crème brûlée burns', 'The torch is too hot')
  create('Rocket 🚀 launch', 'ship it 🎉 now')
  create('日本語の課題', '漏洩 がある')
  create('NEAR the window', 'a*b AND "quoted" OR NOT -minus')
  const renamed = create('Zebra crossing', 'first words')
  record(renamed, 'title_changed', { from: 'Zebra crossing', to: 'Pelican crossing' })
  record(renamed, 'description_changed', { from: 'first words', to: 'second thoughts' })
  create('修复登录页面崩溃')
  create('인쇄가 안 됨')
  const talked = create('Talked about')
  comment(talked, 'the xylophone is loud')
  const gone = comment(talked, 'quokka secret')
  record(talked, 'comment_deleted', { commentId: gone })
  const edited = comment(talked, 'wombat before')
  record(talked, 'comment_edited', { commentId: edited, body: 'numbat after' })
  const archived = create('Archived vanilla')
  create('Open vanilla')
  record(archived, 'archived', {})
  create('Only in the body', 'vanilla it is')
  create('Words split', 'apple')
  comment(create('Words apart', 'apple'), 'cherry')
  create('Words together', 'apple cherry')
  catchUp()
})
afterAll(() => {
  database.client.close()
  rmSync(folder, { recursive: true })
})

describe('search as one types', () => {
  it('texts that an earlier Docket indexed as it saw words are found once they are indexed again, and verify is content meanwhile', () => {
    const { client } = database
    const rows = client.prepare("SELECT position, data FROM events WHERE data LIKE '%修复%'").all() as {
      position: number
      data: string
    }[]
    const put = client.prepare('INSERT OR REPLACE INTO search (rowid, title, body) VALUES (?, ?, ?)')
    for (const { position, data } of rows) put.run(position, JSON.parse(data).title, '')
    client.prepare('INSERT INTO settings VALUES (?, ?)').run(respelledSetting, '0')
    expect(titles('登录')).toEqual([])
    const problems = () => projectionProblems(database.file, { registry: eventRegistry() })
    expect(problems()).toEqual([])
    catchUp()
    expect(titles('登录')).toEqual(['修复登录页面崩溃'])
    expect(problems()).toEqual([])
    expect(client.prepare('SELECT 1 FROM settings WHERE name = ?').get(respelledSetting)).toBeUndefined()
  })

  it.each([
    ['creme', ['Crème brûlée burns']],
    ['BRÛL', ['Crème brûlée burns']],
    ['日本語の', ['日本語の課題']],
    ['漏', ['日本語の課題']],
    ['本語', ['日本語の課題']],
    ['課題', ['日本語の課題']],
    ['登录', ['修复登录页面崩溃']],
    ['崩', ['修复登录页面崩溃']],
    ['录登', []],
    ['"国語"', []],
    ['쇄', ['인쇄가 안 됨']],
    ['🚀', ['Rocket 🚀 launch']],
    ['🎉', ['Rocket 🚀 launch']],
    ['🎈', []],
    ['rocket 🚀', ['Rocket 🚀 launch']],
    ['pelican', ['Pelican crossing']],
    ['pel', ['Pelican crossing']],
    ['xylophone loud', ['Talked about']],
    ['numbat', ['Talked about']],
    ['"is too hot"', ['Crème brûlée burns']],
    ['"too is"', []],
    ['apple cherry', ['Words together']],
    ['apple ch', ['Words together']],
    ['NEAR', ['NEAR the window']],
    ['a*b', ['NEAR the window']],
    ['-minus', ['NEAR the window']],
    ['win', ['NEAR the window']],
    ['"quoted', ['NEAR the window']],
  ])('"%s" finds %j', (text, expected) => {
    expect(titles(text)).toEqual(expected)
  })

  it.each(['', '   ', '"', '""', '%', '*', '-', '()', '" "', ':', '\\', '\u0000'])(
    '%j finds nothing',
    (text) => {
      expect(titles(text)).toEqual([])
    },
  )

  it.each(['zebra', 'zeb', 'z', 'first words', 'fi', 'quokka', 'quo', 'q', 'wombat', 'wo be'])(
    'what was replaced or deleted is not found by "%s"',
    (text) => {
      for (const hit of search(wantedOf(text), 50))
        expect(
          foldedWords(hit.excerpt.map((part) => part.text).join('')),
          `${hit.title}: ${JSON.stringify(hit.excerpt)}`,
        ).not.toEqual(expect.arrayContaining([expect.stringMatching(/zebra|first|quokka|wombat/)]))
    },
  )

  it('what is in a title comes before what is in a text, archived issues come last, an issue comes once', () => {
    expect(titles('vanilla')).toEqual(['Open vanilla', 'Only in the body', 'Archived vanilla'])
    expect(titles('van')).toEqual(['Open vanilla', 'Only in the body', 'Archived vanilla'])
    expect(titles('vanilla', 2)).toEqual(['Open vanilla', 'Only in the body'])
  })

  it('the matched words are marked as they are written, accents and case included', () => {
    const [hit] = search(wantedOf('creme BRUL'), 5)
    expect(hit?.where).toBe('title')
    expect(marked(hit)).toEqual(['Crème', 'brûlée'])
    expect(marked(search(wantedOf('登录'), 5)[0])).toEqual(['登录'])
    expect(search(wantedOf('loud'), 5)[0]).toMatchObject({ where: 'comment' })
    expect(search(wantedOf('torch'), 5)[0]).toMatchObject({ where: 'description' })
  })

  it('any text is searched for, whatever it is made of, and never thrown at', () => {
    const piece = fc.constantFrom(
      'NEAR(',
      '"',
      '*',
      '-',
      ' AND ',
      ' OR ',
      'NOT ',
      ':',
      'title:',
      '^',
      '+',
      '日',
      '🚀',
      'e\u0301',
      'a',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary', maxLength: 80 }),
        ),
        (text) => {
          expect(Array.isArray(search(wantedOf(text), 20))).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
    expect(titles('x'.repeat(500))).toEqual([])
    expect(titles(`vanilla ${'"'.repeat(400)}`)).toHaveLength(3)
    expect(titles('a '.repeat(250))).toEqual(expect.any(Array))
  })

  it('few letters find what many texts say, and what only one old text says', () => {
    create('Qx marks the oldest')
    for (let n = 0; n < 700; n++) create(`Thing number ${n}`, n % 2 ? 'tells of tables' : '')
    catchUp()
    expect(titles('t', 5)).toEqual([699, 698, 697, 696, 695].map((n) => `Thing number ${n}`))
    expect(titles('qx')).toEqual(['Qx marks the oldest'])
    expect(titles('q', 50)).toContain('Qx marks the oldest')
    expect(titles('thing ta', 3)).toEqual([699, 697, 695].map((n) => `Thing number ${n}`))
    expect(titles('ma qx')).toEqual(['Qx marks the oldest'])
  })

  it('whatever few letters are asked for, what is found says them all', () => {
    const letters = fc.stringMatching(/^[a-z]{1,3}$/)
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 2 }), (typed) => {
        for (const hit of search(wantedOf(typed.join(' ')), 10))
          expect(marked(hit).length, `${typed} in ${hit.title}`).toBeGreaterThan(0)
      }),
      { numRuns: 100 },
    )
  })

  it('operators of full-text search are words like others', () => {
    expect(wantedOf('title:x "a b" c-d NOT')).toEqual([
      { words: ['title', 'x'], begun: true },
      { words: ['a', 'b'], begun: false },
      { words: ['c', 'd'], begun: true },
      { words: ['not'], begun: true },
    ])
  })
})
