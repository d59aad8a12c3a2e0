import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from '../testing/collected-import.ts'
import { type Json, workspaceFor } from '../testing/workspace-for-imports.ts'

const files = testFolder()
afterAll(() => files.dispose())

describe('a person whom the source renamed', () => {
  const jira = (day: string, displayName: string): Json => ({
    id: '1',
    key: 'P-1',
    fields: {
      summary: 'S',
      created: '2026-01-01T10:00:00.000+0000',
      updated: `2026-02-${day}T10:00:00.000+0000`,
      reporter: { accountId: 'x1', displayName },
      status: { name: 'Open' },
    },
  })
  const theirs = (members: readonly string[]) => members.filter((name) => !/^(Me|Unknown person)$/.test(name))

  it('has the present name of the source, once; an older snapshot does not bring the former back', async () => {
    const { bring, members, look, problems } = workspaceFor(files, 'jira')
    await bring(jira('01', 'Ada Byron'))
    await bring(jira('02', 'Ada Lovelace'))
    expect(theirs(members())).toEqual(['Ada Lovelace'])
    for (const again of [jira('02', 'Ada Lovelace'), jira('01', 'Ada Byron')])
      expect(await bring(again)).toMatchObject({ events: 0 })
    expect(theirs(members())).toEqual(['Ada Lovelace'])
    const renamed = look(({ log }) => log.readAll(0 as never, 1_000)).filter(
      ({ type }) => type === 'member_renamed',
    )
    expect(renamed).toMatchObject([
      {
        data: { from: 'Ada Byron', to: 'Ada Lovelace' },
        occurredAt: Date.parse('2026-02-02T10:00:00Z'),
        metadata: { triggeredBy: 'import' },
      },
    ])
    expect(problems()).toEqual([])
  })

  it('first seen in a later snapshot keeps that name', async () => {
    const { bring, members } = workspaceFor(files, 'jira')
    await bring(jira('02', 'Ada Lovelace'))
    await bring(jira('01', 'Ada Byron'))
    expect(theirs(members())).toEqual(['Ada Lovelace'])
  })

  it('and somebody here too is called as here', async () => {
    const { bring, members, look, executes } = workspaceFor(files, 'jira')
    await bring(jira('01', 'Ada Byron'))
    const id = look(({ entities }) => entities.rows('member').find(({ name }) => name === 'Ada Byron')?.id)
    executes({ type: 'rename_member', memberId: id, name: 'Countess' })
    expect(await bring(jira('02', 'Ada Lovelace'))).toMatchObject({ events: 0 })
    expect(theirs(members())).toEqual(['Countess'])
  })

  it('on GitHub is called by the login until the source says a name, and by the name from then on', async () => {
    const { bring, members } = workspaceFor(files, 'github')
    const github = (day: string, user: Json): Json => ({
      id: 77,
      number: 1,
      title: 'T',
      user: { id: 1, ...user },
      created_at: '2026-01-01T10:00:00Z',
      updated_at: `2026-02-${day}T10:00:00Z`,
      html_url: 'https://github.com/o/r/issues/1',
    })
    await bring(github('01', { login: 'ada' }))
    await bring(github('02', { login: 'ada-l' }))
    expect(theirs(members())).toEqual(['ada-l'])
    await bring(github('03', { login: 'ada-l', name: 'Ada Lovelace' }))
    expect(theirs(members())).toEqual(['Ada Lovelace'])
    expect(await bring(github('04', { login: 'ada-x' }))).toMatchObject({ events: 0 })
    expect(theirs(members())).toEqual(['Ada Lovelace'])
  })
})
