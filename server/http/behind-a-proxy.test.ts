import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../start-server.ts'
import { ask } from '../testing/both-databases.ts'

const limits = { token: 1e6, address: 3, attempts: 1e6 }
let folder: string
let trusting: RunningServer
let alone: RunningServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-proxy-'))
  trusting = await startServer({ data: join(folder, 'a'), limits, trustProxy: true, metricsToken: 'secret' })
  alone = await startServer({ data: join(folder, 'b'), limits })
})
afterAll(async () => {
  await trusting.close()
  await alone.close()
  rmSync(folder, { recursive: true, force: true })
})

/** How a server answers four requests that a proxy sends on for these addresses. */
async function answers(server: RunningServer, addresses: readonly string[]): Promise<number[]> {
  const all: number[] = []
  for (const address of addresses)
    all.push((await ask(server, '/v1/join', { headers: { 'x-forwarded-for': address } })).status)
  return all
}

it('behind a proxy that is trusted each client has limits of its own, whatever it writes before the proxy', async () => {
  const one = ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.1']
  expect(await answers(trusting, one)).toEqual([404, 404, 404, 429])
  expect(await answers(trusting, ['10.0.0.2'])).toEqual([404])
  expect(await answers(trusting, ['10.9.9.9, 10.0.0.1'])).toEqual([429])
})

it('without one nobody gets more by claiming to be somebody else', async () => {
  expect(await answers(alone, ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'])).toEqual([404, 404, 404, 429])
})

it('metrics are for whoever has their token, where there is one', async () => {
  const metrics = async (server: RunningServer, authorization?: string) =>
    (await ask(server, '/metrics', { headers: authorization ? { authorization } : {} })).status
  expect(await metrics(alone)).toBe(200)
  expect(await metrics(trusting)).toBe(401)
  expect(await metrics(trusting, 'Bearer wrong')).toBe(401)
  expect(await metrics(trusting, 'Bearer secret')).toBe(200)
})
