import { afterAll, describe, expect, it } from 'vitest'
import { testFolder } from '../testing/collected-import.ts'
import { ada, importOf as importFrom, jira } from '../testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)
const changed = (id: string, from: string, to: string, field = 'Story Points', more = {}) => ({
  histories: [
    {
      id,
      author: ada,
      created: '2015-02-01T00:00:00.000+0000',
      items: [{ field, fromString: from, toString: to, ...more }],
    },
  ],
})

describe('story points of Jira', () => {
  it.each([
    ['the usual id', { customfield_10016: 5 }, {}],
    ['a name beside the issue', { customfield_77: 5 }, { names: { customfield_77: 'Story Points' } }],
    [
      'the other name',
      { customfield_78: 5, customfield_10016: 9 },
      { names: { customfield_78: 'Story point estimate', customfield_10016: 'Risk' } },
    ],
  ])('are an estimate, found by %s', async (_, fields, more) => {
    const read = await importOf('jira', jira('AB-1', fields, more))
    expect(read.problems).toEqual([])
    expect(read.issues.get('AB-1')).toMatchObject({ estimate: 5 })
    expect(read.eventsOf('AB-1').find(({ type }) => type === 'estimate_changed')).toMatchObject({
      data: { from: null, to: 5 },
    })
  })

  it('have the history that the changelog tells', async () => {
    const read = await importOf(
      'jira',
      jira(
        'AB-1',
        { customfield_79: 8 },
        { changelog: changed('1', '3', '8', 'Story Points', { fieldId: 'customfield_79' }) },
      ),
      jira('AB-2', { customfield_10016: null }, { changelog: changed('2', '3', '') }),
    )
    const told = (key: string) =>
      read.eventsOf(key).flatMap(({ type, data }) => (type === 'estimate_changed' ? [data] : []))
    expect(told('AB-1')).toEqual([
      { from: null, to: 3 },
      { from: 3, to: 8 },
    ])
    expect(told('AB-2')).toEqual([
      { from: null, to: 3 },
      { from: 3, to: null },
    ])
    expect(read.issues.get('AB-2')).not.toHaveProperty('estimate')
  })

  it('that are no such number are none', async () => {
    const read = await importOf(
      'jira',
      jira('AB-1', { customfield_10016: -1 }),
      jira('AB-2', { customfield_10016: '5' }),
      jira('AB-3', { customfield_10016: { value: 5 } }),
      jira('AB-4', { customfield_10016: 1.234 }),
    )
    expect(read.invalid).toEqual([])
    for (const key of ['AB-1', 'AB-2', 'AB-3']) expect(read.issues.get(key)).not.toHaveProperty('estimate')
    expect(read.issues.get('AB-4')).toMatchObject({ estimate: 1.23 })
  })
})
