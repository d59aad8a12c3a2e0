import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from '../testing/collected-import.ts'
import { bead, importOf as importFrom } from '../testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)

describe('beads issues', () => {
  it('end as the file says: closed with its reason, in progress, or deleted, which is closed and out of sight', async () => {
    const read = await importOf(
      'beads',
      bead('x-1', {
        status: 'closed',
        closed_at: '2025-10-14T00:00:00.123456789+02:00',
        close_reason: 'done',
      }),
      bead('x-2', { status: 'hooked', assignee: 'bob' }),
      bead('x-3', {
        status: 'tombstone',
        deleted_at: '2025-11-01T00:00:00Z',
        deleted_by: 'ada',
        delete_reason: 'spam',
      }),
      bead('x-4', { priority: 0, design: 'so' }),
    )
    expect(read.invalid).toEqual([])
    expect(read.issues.get('x-1')).toMatchObject({ status: 'closed', archived: false })
    expect(read.eventsOf('x-1').at(-1)).toMatchObject({
      occurredAt: Date.UTC(2025, 9, 13, 22, 0, 0, 123),
      data: { reason: 'done' },
    })
    expect(read.issues.get('x-2')).toMatchObject({ status: 'in_progress' })
    expect(read.issues.get('x-3')).toMatchObject({ status: 'closed', archived: true })
    expect(read.issues.get('x-4')).toMatchObject({ priority: 'urgent', fields: { design: 'so' } })
  })

  it('a dependency is told by the issue that blocks, wherever it stands in the file', async () => {
    const on = (id: string, type: string) => ({
      depends_on_id: id,
      type,
      created_at: '2025-10-13T00:00:00Z',
      created_by: 'ada',
    })
    const read = await importOf(
      'beads',
      bead('x-1'),
      bead('x-2', {
        dependencies: [
          on('x-1', 'blocks'),
          on('x-3', 'blocks'),
          on('x-3', 'parent-child'),
          on('x-1', 'discovered-from'),
          on('gone', 'tracks'),
        ],
      }),
      bead('x-3'),
    )
    const two = read.issues.get('x-2')
    expect(read.issues.get('x-1')?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    expect(read.issues.get('x-3')?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    expect(two?.links.map((link) => link.kind).sort()).toEqual(['parent', 'relates_to'])
    expect(two?.fields).toEqual({ tracks: ['gone'] })
  })

  it('dependencies are taken in each form that beads writes them in, and a due time gives the day', async () => {
    const forms = [
      [{ issue_id: 'x-2', depends_on_id: 'x-1', type: 'blocks' }],
      [{ id: 'x-1', title: 'one', dependency_type: 'blocks' }],
      ['x-1'],
      { blocks: ['x-1'] },
    ]
    for (const dependencies of forms) {
      const read = await importOf(
        'beads',
        bead('x-1'),
        bead('x-2', { dependencies, due_at: '2026-12-24T17:00:00Z' }),
      )
      const two = read.issues.get('x-2')
      expect(two?.dueDate).toBe('2026-12-24')
      expect(read.issues.get('x-1')?.links).toEqual([{ kind: 'blocks', target: two?.id }])
    }
  })

  it('an id given to two issues makes two issues; the same issue twice is taken as last changed, and the other is reported', async () => {
    const read = await importOf(
      'beads',
      bead('x-1', { title: 'first' }),
      bead('x-1', { title: 'another', created_at: '2025-12-01T00:00:00Z' }),
      bead('x-1', { title: 'first, changed', updated_at: '2026-01-01T00:00:00Z' }),
    )
    expect([...read.issues].map(([key, issue]) => [key, issue.title])).toEqual([
      ['x-1#2', 'another'],
      ['x-1', 'first, changed'],
    ])
    expect(new Set([...read.issues.values()].map((issue) => issue.id)).size).toBe(2)
    expect(read.problems).toEqual([
      { line: 1, reason: 'x-1 is here a second time; the version on line 3, changed later, was taken.' },
    ])
  })
})
