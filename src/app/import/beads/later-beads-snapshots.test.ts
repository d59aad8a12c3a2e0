import { afterAll, describe, expect, it } from 'vitest'
import type { ImportFormat } from '#contract/import-formats.ts'

import { testFolder } from '../testing/collected-import.ts'
import { type Json, workspaceFor as makeWorkspaceFor } from '../testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

const workspaceFor = (format: ImportFormat) => makeWorkspaceFor(files, format)

describe('a later snapshot of beads', () => {
  it('becomes changes of every field that is mapped, links and comments included', async () => {
    const { bring, issue } = workspaceFor('beads')
    const bead = (id: string, more: Json = {}): Json => ({
      id,
      title: `Bead ${id}`,
      status: 'open',
      priority: 2,
      created_at: '2026-01-01T10:00:00Z',
      updated_at: '2026-01-02T10:00:00Z',
      ...more,
    })
    const comment = (id: number, text: string): Json => ({
      id,
      author: 'x',
      text,
      created_at: '2026-01-02T10:00:00Z',
    })
    await bring(
      bead('b-1', {
        description: 'One',
        assignee: 'ada',
        labels: ['a'],
        due_at: '2026-12-24T17:00:00Z',
        notes: 'n',
        dependencies: [
          { depends_on_id: 'b-2', type: 'parent-child' },
          { depends_on_id: 'b-3', type: 'blocks' },
          { depends_on_id: 'b-404', type: 'related' },
        ],
        comments: [comment(1, 'one'), comment(2, 'two')],
      }),
      bead('b-2'),
      bead('b-3'),
    )
    expect(issue('b-3').links).toHaveLength(1)
    const later = { updated_at: '2026-02-02T10:00:00Z' }
    await bring(
      bead('b-1', {
        ...later,
        status: 'closed',
        closed_at: '2026-02-01T10:00:00Z',
        priority: 0,
        labels: ['b'],
        comments: [comment(1, 'one!')],
      }),
      bead('b-3', later),
    )
    expect(issue('b-1')).toMatchObject({
      description: '',
      status: 'closed',
      priority: 'urgent',
      assignees: [],
      labels: ['b'],
      dueDate: null,
      links: [],
      fields: { notes: null, related: null },
      comments: ['one!'],
    })
    expect(issue('b-3').links).toEqual([])
  })
})
