import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket, type Ran } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
const run = (...args: readonly string[]): Promise<Ran> => docket([...args, '--workspace', folder])
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const properties = { name: { type: 'string', maxLength: 100 }, amount: { type: 'number', minimum: 0 } }
const schema = { type: 'object', properties, required: ['name'] }
const wider = { ...schema, properties: { ...properties, by: { type: 'string' } } }
const acme = '{"name":"Acme","amount":1200}'
const add = (name: string, of: unknown = schema, sentence = 'won the deal {name}') =>
  run('event-type', 'add', name, '--schema', file('schema.json', of), '--sentence', sentence)
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  await run('init', '--member', 'Ada')
  await run('new', 'Sell to Acme')
})
afterAll(() => remove())

describe('docket event-type and record', () => {
  it('a type is registered, and what is recorded of it is said in its sentence, in feeds and history', async () => {
    expect(await add('deal_won')).toMatchObject({ code: 0, stderr: '' })
    expect(await json('event-type', 'list')).toMatchObject({
      eventTypes: [{ name: 'deal_won', sentence: 'won the deal {name}', retired: false, schema }],
    })
    expect((await run('event-type', 'show', 'deal_won')).stdout).toBe(
      'deal_won  (in use)\nSays  won the deal {name}\n  amount  number, may be left out\n  name  text\n',
    )
    const recorded = await json('record', 'DOC-1', 'deal_won', '--data', acme)
    expect(recorded).toMatchObject({ key: 'DOC-1', events: [{ type: 'deal_won' }] })
    for (const feed of [await run('feed'), await run('feed', 'DOC-1')])
      expect(feed.stdout).toMatch(/Ada +won the deal Acme\n/)
    const [event] = (await json('feed', 'DOC-1')).events
    expect(event).toMatchObject({
      type: 'deal_won',
      data: { name: 'Acme', amount: 1200 },
      sentence: 'won the deal {name}',
      waiting: null,
    })
    expect(await run('verify')).toMatchObject({ code: 0 })
    expect((await run('rebuild')).stdout).toContain('identical')
  })

  it('with --throttle it is recorded once within that time, and says so', async () => {
    expect(await run('record', '1', 'deal_won', '--data', acme, '--throttle', '5m')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'docket: "deal_won" was recorded on DOC-1 less than 300 seconds ago. Nothing was recorded again. [throttled]\n',
    })
    await run('new', 'Another issue')
    expect(await run('record', '2', 'deal_won', '--data', acme, '--throttle', '5m')).toMatchObject({
      code: 0,
    })
    expect(await run('record', '1', 'deal_won', '--data', acme)).toMatchObject({ code: 0 })
  })

  it('a rule waits for it, and for none that is not there', async () => {
    const rule = (name: string, type: string) =>
      run(
        'rule',
        'add',
        '--name',
        name,
        '--when',
        `event:${type}`,
        '--then',
        'comment:Well done, {{event.type}}',
      )
    expect(await rule('Praise', 'deal_won')).toMatchObject({ code: 0 })
    expect((await rule('Console', 'deal_lost')).stderr).toMatch(
      /No rule can wait for "deal_lost"\. It can wait for .*deal_won\. \[invalid_input\]\n$/,
    )
    await run('work', '--once')
    await run('record', '2', 'deal_won', '--data', '{"name":"Zenith"}')
    expect(await run('work', '--once')).toMatchObject({ code: 0 })
    const { events } = await json('feed', 'DOC-2')
    expect(types(events).slice(0, 2)).toEqual(['commented', 'deal_won'])
    expect(events[0].data.body).toBe('Well done, deal won')
    expect((await run('feed', 'DOC-2')).stdout).toContain('because Ada won the deal Zenith')
  })

  it('an export takes all of it along, and a workspace made from that is the same', async () => {
    const out = join(folder, 'out.jsonl')
    await json('export', '--format', 'jsonl', '-o', out)
    const other = temporaryFolder()
    const there = (...args: readonly string[]) => docket([...args, '--workspace', other.folder])
    await there('init', '--member', 'Ben')
    expect(await there('import', out, '--format', 'docket')).toMatchObject({ code: 0 })
    const again = join(other.folder, 'again.jsonl')
    await there('export', '--format', 'jsonl', '-o', again)
    // Its closing line names the chain of the copy that wrote it.
    const events = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -2)
    expect(events(again)).toEqual(events(out))
    expect((await there('event-type', 'list')).stdout).toBe((await run('event-type', 'list')).stdout)
    expect((await there('feed', 'DOC-2')).stdout).toContain('won the deal Zenith')
    // It is recorded there as here.
    expect(await there('record', 'DOC-1', 'deal_won', '--data', acme)).toMatchObject({ code: 0 })
    expect(await there('verify')).toMatchObject({ code: 0 })
    other.remove()
  })

  it('the example of docs/event-types.md does what the page says', async () => {
    const page = readFileSync(new URL('../../../docs/event-types.md', import.meta.url), 'utf8')
    const [, written = ''] = /<<'JSON'\n(.*?)\nJSON\n/s.exec(page) ?? []
    const [, sentence = ''] = /--sentence "([^"]+)"/.exec(page) ?? []
    const [, data = ''] = /docket record DOC-1 deal_won --data '([^']+)'/.exec(page) ?? []
    const [, says = ''] = /docket feed DOC-1 +# Ada +(.*)/.exec(page) ?? []
    expect(await add('page_read', written, sentence)).toMatchObject({ code: 0 })
    expect(await run('record', '1', 'page_read', '--data', data, '--throttle', '5m')).toMatchObject({
      code: 0,
    })
    expect((await run('feed', '1')).stdout.split('\n')[0]).toMatch(new RegExp(`Ada +${says}$`))
    expect(await run('event-type', 'retire', 'page_read')).toMatchObject({ code: 0 })
  })

  it.each<[string, () => Promise<Ran>, number, string]>([
    ['a name in the present', () => add('deal_win'), 1, 'invalid_event_type'],
    ['a name of Docket’s own', () => add('status_changed'), 1, 'name_taken'],
    ['a name that is there', () => add('deal_won', wider), 1, 'name_taken'],
    [
      'a sentence that names what is not there',
      () => add('bug_found', schema, '{what}'),
      1,
      'invalid_event_sentence',
    ],
    [
      'a schema with a pattern',
      () => add('bug_found', { type: 'object', properties: { a: { type: 'string', pattern: '(a+)+$' } } }),
      1,
      'invalid_event_schema',
    ],
    ['a schema that is no JSON', () => add('bug_found', '{'), 1, 'invalid_input'],
    [
      'a file that is not there',
      () => run('event-type', 'add', 'bug_found', '--schema', 'none.json', '--sentence', 'x'),
      1,
      'invalid_input',
    ],
    [
      'a narrower schema',
      () =>
        run(
          'event-type',
          'extend',
          'deal_won',
          '--schema',
          file('s.json', { ...schema, required: ['amount'] }),
        ),
      1,
      'event_type_narrowed',
    ],
    ['a type that is not there', () => run('event-type', 'show', 'deal_wom'), 1, 'unknown_event_type'],
    ['an event of none', () => run('record', '1', 'bug_found'), 1, 'unknown_event_type'],
    ['an event of Docket’s own', () => run('record', '1', 'archived'), 1, 'unknown_event_type'],
    ['data that lack something', () => run('record', '1', 'deal_won'), 1, 'invalid_event_data'],
    [
      'data that have more',
      () => run('record', '1', 'deal_won', '--data', '{"name":"a","x":1}'),
      1,
      'invalid_event_data',
    ],
    ['data that are a list', () => run('record', '1', 'deal_won', '--data', '[]'), 1, 'invalid_event_data'],
    ['data that are no JSON', () => run('record', '1', 'deal_won', '--data', '{'), 1, 'invalid_input'],
    ['an issue that is not there', () => run('record', '99', 'deal_won', '--data', acme), 1, 'unknown_issue'],
  ])('%s is refused in one line with a code', async (_, ran, code, refusal) => {
    const { stderr, stdout, ...rest } = await ran()
    expect({ ...rest, stdout }).toEqual({ code, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^docket: [^\\n]+[.?] \\[${refusal}\\]\\n$`))
  })

  it.each(['5', '-5m', '5 parsecs', '31d', ''])('--throttle "%s" is no length of time', async (typed) => {
    const { code, stderr } = await run('record', '1', 'deal_won', '--data', acme, `--throttle=${typed}`)
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--throttle takes') })
  })

  it('it is extended, and once it is retired nothing new is recorded and what is there stays', async () => {
    const extended = await json('event-type', 'extend', 'deal_won', '--schema', file('wider.json', wider))
    expect(Object.keys(extended.schema.properties).sort()).toEqual(['amount', 'by', 'name'])
    await json('record', '1', 'deal_won', '--data', '{"name":"Acme","by":"Grace"}')
    expect((await json('event-type', 'retire', 'deal_won')).retired).toBe(true)
    expect((await run('record', '1', 'deal_won', '--data', acme)).stderr).toContain('[event_type_retired]')
    expect((await run('event-type', 'retire', 'deal_won')).stdout).toContain('It was retired already.')
    expect((await run('feed', 'DOC-1')).stdout.split('won the deal Acme')).toHaveLength(5)
    expect((await run('event-type', 'list')).stdout).toMatch(/deal_won +retired/)
    expect((await json('feed')).events[0]).toMatchObject({ type: 'event_type_retired' })
  })
})
