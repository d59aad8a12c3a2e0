import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from '@playwright/test'
import { v7 as newId } from 'uuid'
import type { LabelId, MemberId } from '#core/values/ids.ts'
import { appNode } from '../host/web-host.ts'
import type { Docket } from './docket.ts'
import type { Receiver } from './receiver.ts'

/** Deliveries of the day before, by minutes ago: a working morning, and an outage in it. */
const backdate = `
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(process.argv[1], { timeout: 5000 })
  const add = database.prepare(
    'INSERT INTO minutes (inbox, minute, done, failed, dead) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const now = Math.floor(Date.now() / 60000)
  for (let ago = 20; ago < 1400; ago += 7) {
    const busy = 1 + Math.sin(ago / 95) + Math.sin(ago / 17) / 2
    const outage = ago > 420 && ago < 520
    add.run('webhooks', now - ago, outage ? 0 : Math.max(0, Math.round(busy * 6)), outage ? 5 : ago % 11 === 0 ? 1 : 0, outage && ago % 3 === 0 ? 2 : 0)
  }
  database.close()`

/** Sets inboxes and rules up as people do, with deliveries that arrived and some that did not. Needs issues to be there. */
export async function fillWithInboxes(docket: Docket, folder: string, receiver: Receiver): Promise<void> {
  const labels = await docket.call('labels.list', {})
  const bug = labels.find(({ name }) => name === 'bug')?.id as LabelId
  const me = (await docket.call('app.info', {})).me.id as MemberId
  await docket.call('inboxes.configure', {
    name: 'webhooks',
    enabled: true,
    settings: {
      endpoints: [
        { id: 'ci', name: 'Build server', url: receiver.url, types: ['created', 'status_changed'] },
        { id: 'audit', name: 'Audit log', url: `${receiver.url}/audit`, query: 'label:bug' },
        { id: 'wall', name: 'Wall display', url: `${receiver.url}/wall`, enabled: false },
      ],
    },
    secrets: {
      'secret:ci': `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
      'secret:audit': `whsec_${Buffer.alloc(32, 2).toString('base64')}`,
    },
  })
  await docket.call('inboxes.configure', { name: 'email', enabled: true })
  await docket.createAll([
    { title: 'Two seats are sold as one on the ferry', labels: [bug] },
    { title: 'Show the tide beside the departure' },
    { title: 'Refunds round to the wrong cent', labels: [bug] },
  ])
  await expect.poll(() => receiver.received.length).toBeGreaterThanOrEqual(5)
  receiver.answer(403, 'closed for repairs')
  await docket.createAll([
    { title: 'Skippers can not see their own trips' },
    { title: 'Wrong time zone in mail' },
  ])
  const dead = async () =>
    (await docket.call('inboxes.list', {})).find(({ name }) => name === 'webhooks')?.dead
  await expect.poll(dead).toBe(2)
  await promisify(execFile)(appNode, ['-e', backdate, `${folder}/inboxes.db`])

  const rules = [
    {
      name: 'Triage new bugs',
      when: { kind: 'event', types: ['created', 'labeled'] },
      query: 'is:open label:bug priority:none',
      then: [
        { type: 'priority', priority: 'medium' },
        { type: 'notify', to: 'subscribers', text: '{{issue.key}} needs somebody' },
        { type: 'webhook', endpoint: 'ci' },
      ],
    },
    {
      name: 'Ask about what nobody touches',
      when: { kind: 'idle', days: 30 },
      query: 'is:open -label:bug',
      then: [{ type: 'comment', body: 'Is {{issue.title}} still wanted?' }],
    },
    {
      name: 'Due soon',
      when: { kind: 'due_in', days: 3 },
      query: 'is:open',
      then: [{ type: 'notify', to: [me], text: '{{issue.key}} is due soon' }],
    },
  ]
  for (const rule of rules)
    await docket.execute({ type: 'add_rule', ruleId: newId(), rule } as Parameters<Docket['execute']>[0])
  const known = await docket.call('rules.list', {})
  await docket.execute({
    type: 'disable_rule',
    ruleId: known.find(({ rule }) => rule.name === 'Due soon')?.id as never,
  })
}
