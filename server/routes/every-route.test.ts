import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { accounts } from '../accounts/accounts.ts'
import { openServerDatabase } from '../database/open-database.ts'
import { limits, usualLimits } from '../http/limits.ts'
import { numbering } from '../log/issue-numbering.ts'
import { nudges } from '../log/nudges.ts'
import { app } from './app.ts'
import { liveStreams, usualStreams } from './live-streams.ts'
import { metrics } from './metrics.ts'
import { openApiDocument } from './open-api.ts'

const folder = mkdtempSync(join(tmpdir(), 'docket-every-route-'))
const database = await openServerDatabase({ at: { data: join(folder, 'database') } })
const nudging = await nudges(database)
const people = accounts(database, Date.now)
const routes = app({
  database,
  accounts: people,
  numbering: numbering(),
  nudges: nudging,
  streams: liveStreams(usualStreams),
  limits: limits(usualLimits),
  metrics: metrics(() => 0, people.storedEvents, database.waiting),
  log: () => {},
  onBug: () => {},
  now: Date.now,
  trustProxy: false,
  metricsToken: undefined,
  openMetrics: true,
  ending: new AbortController().signal,
})
afterAll(async () => {
  await nudging.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

it('the OpenAPI document has every route of the protocol, and no other', () => {
  const answered = routes.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`)
  const documented = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(documented.length).toBeGreaterThan(10)
  expect([...new Set(answered)].sort()).toEqual(documented.sort())
})

it('every route of the protocol but joining asks for a token, and for the protocol’s version', async () => {
  for (const [path, methods] of Object.entries(openApiDocument().paths ?? {}))
    for (const [method, { security }] of Object.entries(methods)) {
      const ask = (headers: Record<string, string>) =>
        routes.request(path.replace(/\{\w+\}/g, '1'), { method: method.toUpperCase(), headers })
      const named = `${method} ${path}`
      expect((await ask({})).status, named).toBe(426)
      expect((await ask({ 'Docket-Protocol': '2' })).status, named).toBe(426)
      expect([(await ask({ 'Docket-Protocol': '1' })).status, named]).toEqual([security ? 401 : 400, named])
    }
})

it('what is no route is said to be none', async () => {
  for (const path of ['/', '/v2/join', '/admin', '/v1/nowhere']) {
    const answer = await routes.request(path, { headers: { 'Docket-Protocol': '1' } })
    expect(await answer.json()).toMatchObject({ error: { code: 'unknown_route' } })
  }
})
