import { writeFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import type { IssueId, LabelId, MemberId } from '#core/values/ids.ts'
import type { Docket, Made } from './docket.ts'
import { exampleDescription, exampleHistory, exampleStory } from './example-history.ts'

const day = 86_400_000

/**
 * Imports four months of a small company's tracker, and goes on by hand.
 *
 * @returns the issue with the longest story, and a member who did much.
 */
export async function fillWithExample(
  docket: Docket,
  folder: string,
): Promise<{ issue: Made; ada: MemberId }> {
  const file = `${folder}-example.ndjson`
  await writeFile(file, exampleHistory(Date.now()))
  expect(await docket.cli('import', file, '--format', 'jira')).toMatchObject({ code: 0 })

  const me = (await docket.call('app.info', {})).me.id as MemberId
  const ada = (await docket.call('members.list', {})).find(({ name }) => name === 'Ada Okafor')
    ?.id as MemberId
  const bug = (await docket.call('labels.list', {})).find(({ name }) => name === 'bug')?.id as LabelId
  const { id, key } = await docket.call('issues.get', { key: exampleStory })
  const issue: Made = { id: id as IssueId, key }

  const twin = await docket.create({ title: 'Waiting list for trips that are full', labels: [bug] })
  await docket.execute({ type: 'change_description', issueId: issue.id, description: exampleDescription })
  await docket.execute({ type: 'assign', issueId: issue.id, memberId: me })
  const dueDate = new Date(Date.now() + 6 * day).toISOString().slice(0, 10)
  await docket.execute({ type: 'change_due_date', issueId: issue.id, dueDate })
  await docket.execute({ type: 'link', issueId: issue.id, kind: 'blocks', target: twin.id })
  await docket.comment(
    issue,
    'A unique key on `(trip, seat)` is enough: the second insert fails, and we can say so kindly. I would not lock anything.',
  )
  for (const other of ['BOAT-10', 'BOAT-17']) {
    const { id: issueId } = await docket.call('issues.get', { key: other })
    await docket.execute({ type: 'assign', issueId: issueId as IssueId, memberId: me })
  }
  return { issue, ada }
}
