import { afterAll, describe, expect, it } from 'vitest'
import type { ImportFormat } from '#contract/import-formats.ts'
import { newId } from '../commands/new-id.ts'

import { testFolder } from './testing/collected-import.ts'
import { type Json, workspaceFor as makeWorkspaceFor } from './testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

const workspaceFor = (format: ImportFormat) => makeWorkspaceFor(files, format)

const ada = { login: 'ada', id: 1 }
const ben = { login: 'ben', id: 2 }
const cy = { login: 'cy', id: 3 }

const said = (id: number, body: string, at: string, updated = at): Json => ({
  id,
  user: cy,
  body,
  created_at: at,
  updated_at: updated,
})
const github = (more: Json = {}): Json => ({
  number: 1,
  title: 'First title',
  body: 'First text',
  user: ada,
  labels: [{ name: 'bug' }, { name: 'ui' }],
  assignees: [ben],
  state: 'open',
  created_at: '2026-01-01T10:00:00Z',
  updated_at: '2026-01-01T10:00:00Z',
  html_url: 'https://github.com/o/r/issues/1',
  comments_data: [said(11, 'one', '2026-01-02T10:00:00Z'), said(12, 'two', '2026-01-02T11:00:00Z')],
  ...more,
})
const githubLater = github({
  title: 'Second title',
  body: 'Second text',
  labels: [{ name: 'ui' }, { name: 'new' }],
  assignees: [{ login: 'dee', id: 4 }],
  state: 'closed',
  closed_at: '2026-02-01T09:00:00Z',
  updated_at: '2026-02-01T10:00:00Z',
  comments_data: [
    said(11, 'one, edited', '2026-01-02T10:00:00Z', '2026-01-20T10:00:00Z'),
    said(13, 'three', '2026-01-31T11:00:00Z'),
  ],
})

describe('the colours of labels', () => {
  it('that the source gives stay; others get those of twelve that the fewest have, counting what is here', async () => {
    const { bring, executes, look } = workspaceFor('github')
    const colours = () =>
      look(({ entities }) => new Map(entities.rows('label').map(({ name, colour }) => [name, colour])))
    for (const name of ['mine', 'yours']) executes({ type: 'create_label', labelId: newId(), name })
    const plain = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ name: `label ${from + at}` }))
    // Nearly the first of ours.
    await bring(github({ labels: [{ name: 'given', color: '5E6AD3' }, ...plain(0, 5)] }))
    expect(colours().get('given')).toBe('#5e6ad3')
    await bring(github({ labels: plain(0, 9), updated_at: '2026-03-01T10:00:00Z' }))
    expect(new Set(colours().values()).size).toBe(12)
    expect([...colours().values()]).not.toContain('#5e6ad2')
  })
})

describe('two copies that import the same files', () => {
  it('record the same events, whatever people did on each', async () => {
    const [here, there] = [workspaceFor('github'), workspaceFor('github')]
    for (const copy of [here, there]) await copy.bring(github())
    there.does('o/r#1', { type: 'change_title', title: 'My title' })
    for (const copy of [here, there]) await copy.bring(githubLater)
    const imported = ({ events }: typeof here) =>
      events('o/r#1').flatMap(({ id, metadata }) => (metadata.triggeredBy === 'import' ? id : []))
    expect(imported(there)).toEqual(imported(here))
  })
})
