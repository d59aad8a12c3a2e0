import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from '../testing/collected-import.ts'
import { change, creation, importOf as importFrom } from '../testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)

describe('beads changes over time', () => {
  it('whole lists are told as what was added, changed and removed', async () => {
    const comment = (id: number, text: string) => ({
      id,
      author: 'ada',
      text,
      created_at: `2025-10-1${id}T00:00:00Z`,
    })
    const read = await importOf(
      'beads-events',
      creation('x-1', { labels: ['a'] }),
      creation('x-2'),
      change('x-1', 'labels', ['a'], ['b']),
      change('x-1', 'comments', null, [comment(1, 'one'), comment(2, 'two')]),
      change('x-1', 'comments', null, [comment(1, 'one!')], { commit: 'c3' }),
      change('x-1', 'comments', null, [comment(1, 'one!'), comment(2, 'two')], { commit: 'c4' }),
      change('x-1', 'dependencies', null, [
        { depends_on_id: 'x-2', type: 'blocks' },
        { depends_on_id: 'x-2', type: 'parent-child' },
      ]),
      change(
        'x-1',
        'dependencies',
        [
          { depends_on_id: 'x-2', type: 'blocks' },
          { depends_on_id: 'x-2', type: 'parent-child' },
        ],
        [{ depends_on_id: 'x-2', type: 'parent-child' }],
        { commit: 'c5' },
      ),
    )
    expect(read.invalid).toEqual([])
    expect(read.eventsOf('x-1').map((event) => event.type)).toEqual([
      'created',
      'labeled',
      'labeled',
      'unlabeled',
      'labeled',
      'commented',
      'commented',
      'comment_deleted',
      'comment_edited',
      'commented',
      'linked',
    ])
    expect(read.eventsOf('x-2').map((event) => event.type)).toEqual([
      'created',
      'labeled',
      'linked',
      'unlinked',
    ])
    expect(
      Object.values(read.issues.get('x-1')?.comments ?? {}).filter((live) => !live.deleted),
    ).toHaveLength(2)
    expect(read.issues.get('x-1')?.links).toEqual([{ kind: 'parent', target: read.issues.get('x-2')?.id }])
  })

  it('times that run backwards do not set changes against each other', async () => {
    const read = await importOf(
      'beads-events',
      creation('x-1'),
      change('x-1', 'status', 'open', 'closed', { at: '2025-10-20T10:00:00Z' }),
      change('x-1', 'close_reason', null, 'done'),
      change('x-1', 'status', 'closed', 'open', { at: '2025-10-19T10:00:00+09:00', commit: 'c3' }),
      change('x-1', 'status', 'open', 'in_progress', { at: '2025-10-12T00:00:00Z', commit: 'c4' }),
    )
    expect(read.issues.get('x-1')).toMatchObject({ status: 'in_progress', superseded: [] })
    expect(
      read
        .eventsOf('x-1')
        .filter((event) => event.type === 'status_changed')
        .map((event) => [event.data.transition, event.data.reason]),
    ).toEqual([
      ['close', 'done'],
      ['reopen', undefined],
      ['start', undefined],
    ])
  })

  it('an unknown field is kept as a change of that field, and a broken creation is made up from what the changes replaced', async () => {
    const read = await importOf(
      'beads-events',
      '{"commit":"c1","issue":"x-1","kind":"created","value":{"title":"\\p"}}',
      change('x-1', 'title', 'Was', 'Is'),
      change('x-1', 'status', 'in_progress', 'closed'),
      change('x-1', 'mood', null, { good: true }),
    )
    expect(read.problems.map((problem) => problem.line)).toEqual([1])
    expect(read.eventsOf('x-1')[0]?.data).toMatchObject({ title: 'Was' })
    expect(read.issues.get('x-1')).toMatchObject({
      title: 'Is',
      status: 'closed',
      fields: { mood: { good: true } },
      superseded: [],
    })
  })
})
