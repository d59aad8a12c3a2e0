import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { answering, type HttpReceiver, httpReceiver } from '#inboxes/testing/http-receiver.ts'
import { docket } from '../testing/run-docket.ts'

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

let folder: string
let remove: () => void
let receiver: HttpReceiver

const pace = JSON.stringify({ attempts: 2, firstBackoffMillis: 1, longestBackoffMillis: 1 })
const run = (args: readonly string[], input = '') =>
  docket([...args, '--workspace', folder], {
    input,
    env: { XDG_CONFIG_HOME: join(folder, 'config'), DOCKET_TEST_PACE: pace },
  })
async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run([...args, '--json'])
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return JSON.parse(stdout)
}

beforeEach(async () => {
  ;({ folder, remove } = temporaryFolder())
  receiver = await httpReceiver()
  await json('init', '--member', 'Ada')
})
afterEach(async () => {
  await receiver.close()
  remove()
})

describe('docket inbox and docket work', () => {
  it('after an outage the dead letters are listed with every attempt, and a replay brings each event exactly once, signed', async () => {
    const settings = join(folder, 'hook.json')
    writeFileSync(
      settings,
      JSON.stringify({
        endpoints: [{ id: 'ci', name: 'CI', url: `${receiver.url}/hook`, types: ['created', 'commented'] }],
      }),
    )
    expect(await json('inbox', 'set', 'webhooks', settings, '--on')).toMatchObject({ state: 'running' })
    expect((await run(['inbox', 'set', 'webhooks', '--secret', 'secret:ci'], `${secret}\n`)).code).toBe(0)
    const made = await json('new', 'Crash on start')
    const commented = await json('comment', String(made.key), 'It crashes')
    const ids = [made, commented].flatMap(({ events }) =>
      (events as { id: string; type: string }[]).map(({ id }) => id),
    )

    receiver.answer(answering(403, 'out of order'))
    expect(await json('work', '--once')).toEqual({ done: 0, waiting: 0, dead: 2 })
    const { deliveries: dead } = (await json('inbox', 'dead')) as {
      deliveries: { id: number; key: string; targetName: string; log: { detail: string }[] }[]
    }
    expect(dead.map(({ targetName, log }) => [targetName, log.length])).toEqual([
      ['CI', 1],
      ['CI', 1],
    ])
    expect(dead[0]?.log[0]?.detail).toMatch(/403.*out of order/)

    receiver.received.length = 0
    receiver.answer(answering(204))
    expect(await json('inbox', 'replay', String(dead[1]?.id))).toEqual({ count: 1 })
    expect(await json('inbox', 'replay', 'webhooks')).toEqual({ count: 1 })
    expect(await json('work', '--once')).toEqual({ done: 2, waiting: 0, dead: 0 })
    expect(receiver.received.map(({ body }) => JSON.parse(body).id)).toEqual(ids)
    const keys = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(keys.toSorted()).toEqual(dead.map(({ key }) => key).toSorted())
    for (const { body, headers } of receiver.received) new Webhook(secret).verify(body, headers)

    // Nothing is sent again by working again.
    expect(await json('work', '--once')).toEqual({ done: 0, waiting: 0, dead: 0 })
    expect(receiver.received).toHaveLength(2)
  })

  it('a receiver that is down until the attempts run out has each event exactly once after a replay', async () => {
    const settings = join(folder, 'hook.json')
    const endpoints = [{ id: 'ci', name: 'CI', url: `${receiver.url}/hook`, types: ['created', 'commented'] }]
    writeFileSync(settings, JSON.stringify({ endpoints }))
    await run(['inbox', 'set', 'webhooks', settings, '--on', '--secret', 'secret:ci'], secret)
    const made = await json('new', 'One')
    const commented = await json('comment', String(made.key), 'More')
    const ids = [made, commented].flatMap(({ events }) => (events as { id: string }[]).map(({ id }) => id))
    const { port } = receiver
    await receiver.close()
    let dead = 0
    for (let n = 0; n < 10 && dead < 2; n++) dead = Number((await json('work', '--once')).dead)
    const letters = (await json('inbox', 'dead')) as {
      deliveries: { key: string; log: { detail: string }[] }[]
    }
    expect(letters.deliveries.map(({ log }) => log.length)).toEqual([2, 2])
    for (const { log } of letters.deliveries)
      for (const { detail } of log) expect(detail).toMatch(/refused the connection/)

    receiver = await httpReceiver(undefined, port)
    expect(await json('inbox', 'replay', '--all')).toEqual({ count: 2 })
    expect(await json('work', '--once')).toEqual({ done: 2, waiting: 0, dead: 0 })
    expect(await json('work', '--once')).toEqual({ done: 0, waiting: 0, dead: 0 })
    expect(receiver.received.map(({ body }) => JSON.parse(body).id)).toEqual(ids)
    const keys = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(keys.toSorted()).toEqual(letters.deliveries.map(({ key }) => key).toSorted())
  })

  it('a paused inbox keeps what comes and sends it once it goes on', async () => {
    const settings = join(folder, 'hook.json')
    const endpoints = [{ id: 'ci', name: 'CI', url: receiver.url, types: ['created'] }]
    writeFileSync(settings, JSON.stringify({ endpoints }))
    await run(['inbox', 'set', 'webhooks', settings, '--on', '--secret', 'secret:ci'], secret)
    expect(await json('inbox', 'pause', 'webhooks')).toMatchObject({ state: 'paused' })
    await json('new', 'One')
    await json('work', '--once')
    expect(receiver.received).toEqual([])
    expect(await json('inbox', 'resume', 'webhooks')).toMatchObject({ state: 'running' })
    await json('work', '--once')
    expect(receiver.received).toHaveLength(1)
    const tested = await json('inbox', 'test', 'webhooks', '--target', 'ci')
    expect(tested).toMatchObject({ ok: true })
    expect(receiver.received.at(-1)?.body).toContain('docket.test')
  })

  it.each([
    [['inbox', 'pause', 'nothing'], 1, 'unknown_inbox'],
    [['inbox', 'replay', 'nothing'], 1, 'unknown_inbox'],
    [['inbox', 'replay'], 2, 'Name the deliveries'],
    [['inbox', 'replay', 'webhooks', '--all'], 2, 'not both'],
    [['inbox', 'deliveries', '--before', 'x'], 2, '--before'],
    [['inbox', 'set', 'webhooks', '--on', '--off'], 2, 'not both'],
    [['inbox', 'test', 'email'], 1, 'test_failed'],
  ] as const)('%j ends with %i and says %s', async (args, code, said) => {
    const answer = await run(args)
    expect(answer.code).toBe(code)
    expect(answer.stderr).toContain(said)
    expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('settings that are not valid, or not JSON, are refused with the place and change nothing', async () => {
    const wrong = join(folder, 'wrong.json')
    writeFileSync(wrong, JSON.stringify({ endpoints: [{ id: 'ci', name: 'CI', url: 'not an address' }] }))
    const refused = await run(['inbox', 'set', 'webhooks', wrong, '--on'])
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('endpoints.0.url') })
    writeFileSync(wrong, '{')
    expect((await run(['inbox', 'set', 'webhooks', wrong])).code).toBe(2)
    expect(await json('inbox', 'list')).toMatchObject({
      inboxes: expect.arrayContaining([expect.objectContaining({ name: 'webhooks', state: 'off' })]),
    })
  })
})
