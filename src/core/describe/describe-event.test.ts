import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { eventRegistry } from '../event-registry.ts'
import { type Described, describeEvent, type EventNames } from './describe-event.ts'
import { plainValue } from './plain-value.ts'
import { dayName, type PrintStyle, printDescription } from './print-description.ts'

type Line = Omit<Described, 'streamId'> & {
  readonly schemaVersion: number
  readonly actorId: string
  readonly stream: { readonly type: Described['streamType']; readonly id: string }
}

const folder = fileURLToPath(new URL('../../../e2e/corpus/payloads/', import.meta.url))
const registry = eventRegistry()
const lines = readdirSync(folder)
  .filter((file) => file.endsWith('.jsonl'))
  .toSorted()
  .flatMap((file) => readFileSync(`${folder}${file}`, 'utf8').split('\n').slice(1, -1))
  .map((line) => JSON.parse(line) as Line)

const called = new Map(
  lines.flatMap(({ stream, data }) => {
    const { name } = data as { readonly name?: string }
    return name === undefined ? [] : [[stream.id, name] as const]
  }),
)
const named = (id: string) => called.get(id)
const names: EventNames = {
  actor: { id: 'nobody', name: 'Ada' },
  entity: (_, id) => named(id),
  issue: () => ({ key: 'DOC-7', title: 'Another' }),
  status: (id) => ({ open: 'Open', in_progress: 'In progress', resolved: 'Resolved' })[id],
}
const described = (event: Partial<Described>, over: Partial<EventNames> = {}) =>
  describeEvent({ type: 'created', streamType: 'issue', data: {}, ...event }, { ...names, ...over })

/** As mail, Slack and notifications print it; as a feed of many issues does in the window; and as a line of the CLI, which names the issue before. */
const styles: Readonly<Record<string, PrintStyle>> = {
  words: { changes: 'words', here: 'DOC-42', tails: ['reason', 'title', 'text'] },
  window: { changes: 'arrows', here: 'DOC-42', tails: ['reason', 'detail'] },
  line: { changes: 'arrows', here: null, tails: ['reason', 'detail', 'title', 'text'] },
}
const words = styles.words as PrintStyle
const line = styles.line as PrintStyle

it('every frozen payload is described in each form, and none of them shows its insides', async () => {
  const table = lines.map(({ stream, type, schemaVersion, data, actorId }) => {
    const lifted = registry.lift(type, schemaVersion, data as Record<string, unknown>)
    const description = describeEvent(
      { type, streamType: stream.type, streamId: stream.id, data: lifted },
      { ...names, actor: { id: actorId, name: 'Ada' } },
    )
    const printed = Object.entries(styles).map(
      ([form, style]) => `  ${form.padEnd(7)} Ada ${printDescription(description, style)}`,
    )
    return [`${type} ${schemaVersion} (${description.sign})`, ...printed].join('\n')
  })
  const text = `${table.join('\n')}\n`
  expect(text).not.toMatch(/undefined|\[object|NaN/)
  await expect(text).toMatchFileSnapshot('described.txt')
})

it('a field’s change says what it was where there is room for it, and what is gone too', () => {
  const due = described({ type: 'due_date_changed', data: { from: '2026-01-01', to: null } })
  expect(printDescription(due, words)).toBe('removed the due date of DOC-42')
  expect(printDescription(due, line)).toBe('removed the due date (was 1 January 2026)')
  const field = described({ type: 'field_changed', data: { field: 'sprint', from: 3, to: null } })
  expect(printDescription(field, line)).toBe('cleared “sprint” (was 3)')
})

it('what happened to the member who did it is said of them, unless a rule acted', () => {
  const took = { type: 'assigned', data: { memberId: 'ada' } } as const
  const ofAda = { entity: () => 'Ada' }
  expect(printDescription(described(took, { ...ofAda, actor: { id: 'ada', name: 'Ada' } }), words)).toBe(
    'took DOC-42',
  )
  expect(printDescription(described(took, { ...ofAda, actor: { id: null, name: 'A rule' } }), words)).toBe(
    'assigned DOC-42 to Ada',
  )
})

it('people and things without a known name have a stand-in', () => {
  const nothing = () => undefined
  const unknown = { entity: nothing, issue: nothing, status: nothing }
  const say = (type: string, data: unknown, streamType: Described['streamType'] = 'issue') =>
    printDescription(described({ type, data, streamType }, unknown), words)
  expect(say('assigned', { memberId: 'x' })).toBe('assigned DOC-42 to someone')
  expect(say('labeled', { labelId: 'x' })).toBe('added the label “a label” to DOC-42')
  expect(say('linked', { kind: 'blocks', target: 'x' })).toBe('marked DOC-42 as blocking another issue')
  expect(say('status_changed', { from: 'a', to: 'b' })).toBe('moved DOC-42 to b')
  expect(say('label_recoloured', { from: '#111111', to: '#222222' }, 'label')).toBe(
    'gave a label another colour',
  )
})

it('a type of somebody’s own, what a newer Docket recorded, what can’t be read and what was erased get a general description', () => {
  const say = (event: Partial<Described>) => printDescription(described(event), words)
  expect(say({ type: 'was_deployed' })).toBe('recorded “was deployed” on DOC-42')
  expect(say({ type: 'constructor' })).toBe('recorded “constructor” on DOC-42')
  expect(described({ type: 'toString' }).sign).toBe('custom')
  expect(say({ waiting: 'unknown' })).toBe('did something that a newer Docket recorded on DOC-42')
  expect(say({ waiting: 'unreadable' })).toBe('did something that can’t be read here on DOC-42')
  expect(say({ type: 'title_changed', erased: true })).toBe(
    'recorded “title changed” on DOC-42 (the content was erased, or can’t be read)',
  )
  expect(say({ type: 'was_deployed', streamType: 'label' })).toBe('recorded “was deployed”')
})

it('what somebody wrote is there whole, beside what stands behind the sentence', () => {
  const created = described({ data: { title: 'Slow', description: 'Very', status: 'open' } })
  expect(created).toMatchObject({ tail: { kind: 'title', text: 'Slow' }, written: 'Very' })
  expect(described({ type: 'commented', data: { body: 'Hm' } })).toMatchObject({
    tail: { kind: 'text', text: 'Hm' },
    written: 'Hm',
  })
  expect(described({ type: 'archived' })).toMatchObject({ tail: null, written: null })
})

it('a value of an imported field is one short line, and what is no day stays as it is', () => {
  expect(plainValue({ a: ['b'] })).toBe('{"a":["b"]}')
  expect(plainValue(['AC-1', 2])).toBe('AC-1, 2')
  expect(plainValue(`${'x'.repeat(200)}\n`)).toHaveLength(80)
  expect(dayName('soon')).toBe('soon')
})
