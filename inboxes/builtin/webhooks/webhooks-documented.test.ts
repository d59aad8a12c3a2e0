import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { usualPace } from '../../contract/inbox.ts'
import { deliverExample, exampleSecret } from '../../testing/example-delivery.ts'
import { httpReceiver } from '../../testing/http-receiver.ts'
import { testStart } from '../../testing/made-events.ts'

const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8')
/** The first block of code in a language. */
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''
const documentedHeaders = (): Record<string, string> =>
  Object.fromEntries(
    block('http')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
  )

describe('docs/webhooks.md', () => {
  it('shows a request as it is sent, byte for byte', async () => {
    const receiver = await httpReceiver()
    expect(await deliverExample(`${receiver.url}/hooks/docket`)).toMatchObject({ kind: 'done' })
    const [request] = receiver.received
    await receiver.close()
    expect(block('http').split('\n')[0]).toBe(`${request?.method} ${request?.path} HTTP/1.1`)
    expect(request?.body).toBe(JSON.stringify(JSON.parse(block('json'))))
    expect(request?.headers).toMatchObject(documentedHeaders())
  })

  it('shows one that the official libraries verify and read', () => {
    vi.useFakeTimers({ now: testStart, toFake: ['Date'] })
    const body = JSON.stringify(JSON.parse(block('json')))
    const headers = documentedHeaders()
    expect(page).toContain(exampleSecret)
    new Webhook(exampleSecret).verify(body, headers)
    vi.useRealTimers()
    expect((HTTP.toEvent({ headers, body }) as CloudEvent<unknown>).validate()).toBe(true)
  })

  it('names the attempts and the time limit that there are', () => {
    expect(page).toContain(`up to ${usualPace.attempts} times`)
    expect(page).toContain(`nothing in ${usualPace.timeoutMillis / 1_000} seconds`)
  })

  it('has a receiver that runs: it takes an event once, and nothing without the secret', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', block('js')], {
      cwd: new URL('../../..', import.meta.url),
      env: { PATH: process.env.PATH, PORT: '0', DOCKET_SECRET: exampleSecret },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      let said = ''
      child.stdout.on('data', (text) => {
        said += text
      })
      const port = await vi.waitUntil(() => /listening on (\d+)/.exec(said)?.[1], { timeout: 20_000 })
      const url = `http://127.0.0.1:${port}/`
      for (let attempt = 1; attempt <= 2; attempt++)
        expect(await deliverExample(url, Date.now)).toMatchObject({ kind: 'done' })
      // An old timestamp is a replay by somebody who listened.
      expect(await deliverExample(url, () => testStart)).toMatchObject({
        kind: 'give_up',
        why: expect.stringContaining('401: The signature is not right.'),
      })
      expect(said.match(/docket\.issue\.commented DOC-42/g)).toHaveLength(1)
    } finally {
      child.kill()
    }
  })
})
