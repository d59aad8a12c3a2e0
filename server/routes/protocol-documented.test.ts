import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { syncRefusals } from '#contract/sync-api/refusals.ts'
import { wireEvent } from '#contract/sync-api/wire-events.ts'
import { checkEvents } from '../log/check-events.ts'
import { openApiDocument } from './open-api.ts'
import { routeTable } from './route-table.ts'

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')

it('the worked example of docs/protocol.md is an event that a server takes', () => {
  const text = /```json protocol-example\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const { replicaId, prevHash, event, hash } = JSON.parse(text)
  const events = [wireEvent.parse({ ...event, hash })]
  expect(
    checkEvents(
      { chain: replicaId, replicaId, after: 0, prevHash, events },
      { encrypted: false, vouched: false, now: event.occurredAt },
    ),
  ).toEqual(new Map())
})

it('docs/protocol.md names every code with its status', () => {
  for (const [code, status] of Object.entries(syncRefusals)) {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${code}\``)) ?? ''
    expect(row, code).toContain(String(status))
  }
})

it('docs/protocol.md has the table of routes that their declarations print', () => {
  expect(page, 'run: node scripts/print-protocol.mjs').toContain(routeTable())
})

it('docs/openapi.json is the document that a server answers with', () => {
  const committed = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')
  expect(JSON.parse(committed), 'run: node scripts/print-protocol.mjs').toEqual(
    JSON.parse(JSON.stringify(openApiDocument())),
  )
})
