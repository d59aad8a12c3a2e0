import { expect, test } from './testing/docket-test.ts'
import { noFindings } from './testing/no-serious-findings.ts'

test('an event of a type of one’s own is a line with its sentence, and its type is listed', async ({
  page,
  docket,
}) => {
  const { key } = await docket.create({ title: 'Sell to Acme' })
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  await docket.call('commands.execute', {
    command: { type: 'register_event_type', name: 'deal_won', sentence: 'won the deal {name}', schema },
  })
  await docket.call('events.record', { key, type: 'deal_won', data: { name: 'Acme' } })
  await docket.open(`/issue/${key}`)
  const feed = page.getByRole('region', { name: 'Feed' })
  await expect(feed.getByText('won the deal')).toBeVisible()
  await expect(feed.getByText('Acme', { exact: true })).toBeVisible()
  await docket.open('/people-and-labels')
  const types = page.getByRole('region', { name: 'Event types' })
  await expect(types).toContainText('deal_won')
  await expect(types).toContainText('won the deal {name}')
  await noFindings(page, 'the list of event types')
})
