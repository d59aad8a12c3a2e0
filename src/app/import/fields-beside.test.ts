import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '../commands/new-id.ts'
import { testFolder } from './testing/collected-import.ts'
import { type Json, workspaceFor } from './testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

describe('a later snapshot changes', () => {
  it('the milestone of GitHub', async () => {
    const { bring, issue, events } = workspaceFor(files, 'github')
    const github = (day: string, more: Json): Json => ({
      id: 77,
      number: 1,
      title: 'T',
      user: { login: 'ada', id: 1 },
      created_at: '2026-01-01T10:00:00Z',
      updated_at: `2026-02-${day}T10:00:00Z`,
      html_url: 'https://github.com/o/r/issues/1',
      ...more,
    })
    await bring(github('01', { milestone: { title: 'v1' } }))
    expect(await bring(github('02', { milestone: { title: 'v2' } }))).toMatchObject({
      changed: [{ changes: ['milestone “v1” → “v2”'], conflicts: [] }],
    })
    expect(events('o/r#1').at(-1)).toMatchObject({
      type: 'field_changed',
      data: { field: 'milestone', from: 'v1', to: 'v2' },
      occurredAt: Date.parse('2026-02-02T10:00:00Z'),
    })
    expect(await bring(github('02', { milestone: { title: 'v2' } }))).toMatchObject({ events: 0 })
    // A file that does not say.
    expect(await bring(github('03', {}))).toMatchObject({ events: 0 })
    await bring(github('04', { milestone: null }))
    expect(issue('o/r#1').fields).toEqual({ milestone: null })
  })

  const jira = (day: string, fields: Json, more: Json = {}): Json => ({
    id: '1',
    key: 'P-1',
    fields: {
      summary: 'S',
      created: '2026-01-01T10:00:00.000+0000',
      updated: `2026-02-${day}T10:00:00.000+0000`,
      status: { name: 'Open' },
      ...fields,
    },
    ...more,
  })

  it('versions and custom fields of Jira, by what people know of them', async () => {
    const { bring, issue } = workspaceFor(files, 'jira')
    const version = (name: string, released: boolean): Json => ({ id: name, name, released })
    const sprint = (state: string) =>
      `com.atlassian.greenhopper.service.sprint.Sprint@1f[id=1,state=${state},name=Sprint 1]`
    await bring(
      jira('01', {
        fixVersions: [version('1.0', false)],
        customfield_1: 3,
        customfield_2: { value: 'Big', id: '7' },
        customfield_3: '0|i0001:',
        customfield_4: [sprint('ACTIVE')],
        customfield_5: 'gone soon',
        votes: { votes: 1 },
      }),
    )
    // A version that was released, a sprint that ended, a place in a list, a vote: nothing about the issue.
    const same = { customfield_1: 3, customfield_2: { value: 'Big', id: '8' }, customfield_3: '0|i0002:' }
    const still = { customfield_4: [sprint('CLOSED')], customfield_5: 'gone soon', votes: { votes: 2 } }
    expect(await bring(jira('02', { fixVersions: [version('1.0', true)], ...same, ...still }))).toMatchObject(
      {
        events: 0,
      },
    )
    const later = jira('03', {
      ...same,
      ...still,
      fixVersions: [version('1.0', true), version('1.1', false)],
      customfield_1: 5,
      customfield_5: null,
    })
    expect(await bring(later)).toMatchObject({
      changed: [
        {
          changes: [
            'customfield_1 “3” → “5”',
            'customfield_5 “gone soon” → nothing',
            'fixVersions “1.0” → “1.0, 1.1”',
          ],
        },
      ],
    })
    expect(issue('P-1').fields).toEqual({
      fixVersions: ['1.0', '1.1'],
      customfield_1: 5,
      customfield_5: null,
    })
    expect(await bring(later)).toMatchObject({ events: 0 })
  })

  it('a field once, where the changelog tells of it', async () => {
    const { bring, issue } = workspaceFor(files, 'jira')
    await bring(jira('01', { customfield_1: 3 }))
    const items = [
      { field: 'Complexity', fieldId: 'customfield_1', fromString: '3', toString: '5' },
      { field: 'Fix Version', fromString: '', toString: '1.0' },
    ]
    const histories = [{ id: '1', created: '2026-02-02T10:00:00.000+0000', author: { name: 'x' }, items }]
    await bring(
      jira('03', { customfield_1: 5, fixVersions: [{ name: '1.0' }] }, { changelog: { histories } }),
    )
    expect(issue('P-1').fields).toEqual({ Complexity: '5', 'Fix Version': '1.0' })
  })

  it('what somebody here changed meanwhile too: both are in the conflict list', async () => {
    const { bring, look, conflicts, issue } = workspaceFor(files, 'jira')
    await bring(jira('01', { customfield_1: 3 }))
    await bring(jira('02', { customfield_1: 4 }))
    const { id } = issue('P-1')
    look(({ log, me }) =>
      log.append({ type: 'issue', id }, [
        {
          id: newId(),
          type: 'field_changed',
          data: { field: 'customfield_1', from: 4, to: 9 },
          actorId: me.memberId,
        },
      ] as never),
    )
    expect(await bring(jira('03', { customfield_1: 5 }))).toMatchObject({
      changed: [{ changes: ['customfield_1 “4” → “5”'], conflicts: ['customfield_1'] }],
    })
    expect(conflicts()).toEqual([{ field: 'field', lost: 9, won: 5 }])
  })
})
