import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket as WsSocket } from 'ws'
import { hostFiles } from '#app/files/host-files.ts'
import type { HostMessage } from '#contract/answers/answers.ts'
import { folder, host, letIn, origin, server } from '../serving.fixture.ts'
import { loadStaticFiles } from '../static-files.ts'
import { startWebServer, type WebServer } from '../web-server.ts'
import { createHostLink, type WebHost } from './host-link.ts'

let link: WebHost
let current: WebServer
let cookie: string
const openSockets = new Set<WsSocket>()
/** While it is away the link finds a closed port. */
let away: boolean

beforeEach(async () => {
  current = server
  away = false
  cookie = await letIn()
  link = newLink()
})
afterEach(async () => {
  link.close()
  if (current !== server) await current.close()
})

function newLink(patienceMillis?: number, isLockedOut?: () => Promise<boolean>): WebHost {
  const open = () => {
    const socket = new WsSocket(`ws://127.0.0.1:${away ? 1 : current.port}/socket`, {
      headers: { Cookie: cookie, Origin: origin().replace(/\d+$/, String(current.port)) },
    })
    openSockets.add(socket)
    socket.on('error', () => {})
    return socket as unknown as WebSocket
  }
  return createHostLink({
    open,
    retryMillis: [5, 20],
    ...(patienceMillis === undefined ? {} : { patienceMillis }),
    ...(isLockedOut ? { isLockedOut } : {}),
  })
}

const state = (wanted: string) =>
  new Promise<void>((resolve) => {
    const stop = link.onConnection((now) => {
      if (now !== wanted) return
      queueMicrotask(() => stop())
      resolve()
    })
  })
const message = () =>
  new Promise<HostMessage>((resolve) => {
    const stop = link.onMessage((said) => {
      stop()
      resolve(said)
    })
  })
async function restartHost(greeting: readonly HostMessage[] = []): Promise<void> {
  const files = await loadStaticFiles(`${folder}/renderer`)
  current = await startWebServer({
    service: host.service,
    files,
    transfers: hostFiles(),
    port: 0,
    greeting: () => greeting,
  })
  const response = await fetch(current.url, { redirect: 'manual' })
  cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

test('what the host says at once is not lost on a window that does not listen yet', async () => {
  const running = { kind: 'worker', state: 'running', detail: null } as const
  await restartHost([running])
  const late = newLink()
  // The answer comes after the greeting.
  await late.call('app.info', {})
  const heard: HostMessage[] = []
  late.onMessage((said) => heard.push(said))
  expect(heard).toEqual([running])
  late.close()
})

test('a call made before the connection stands is answered over it', async () => {
  expect(await link.call('app.info', {})).toEqual({ ok: true, value: { name: 'app.info', input: {} } })
})

test('many calls at once each get their own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, index) => link.call('issues.count', { query: `${index}` })),
  )
  expect(
    answers.map(
      (answer) => answer.ok && (answer.value as unknown as { input: { query: string } }).input.query,
    ),
  ).toEqual(Array.from({ length: 300 }, (_, index) => `${index}`))
})

test('what the host says reaches the window until it stops listening', async () => {
  await link.call('app.info', {})
  const heard: HostMessage[] = []
  const stop = link.onMessage((said) => heard.push(said))
  host.say({ kind: 'changed', position: 1, issues: [], directory: false })
  await link.call('app.info', {})
  stop()
  host.say({ kind: 'changed', position: 2, issues: [], directory: false })
  await link.call('app.info', {})
  expect(heard).toEqual([{ kind: 'changed', position: 1, issues: [], directory: false }])
})

test('after the host came back everything is to be fetched again, and a question asked meanwhile is answered', async () => {
  await link.call('app.info', {})
  const lost = state('disconnected')
  await server.close()
  await lost
  const asked = link.call('issues.count', { query: 'meanwhile' })
  const refetch = message()
  await restartHost()
  expect(await refetch).toMatchObject({ kind: 'changed', issues: null, directory: true })
  expect(await asked).toMatchObject({ ok: true })
  await state('connected')
})

test('a change that was under way when the host died is not sent again, and says that nobody knows', async () => {
  await link.call('app.info', {})
  const asked = link.call('files.pick', { purpose: 'import' })
  await link.call('app.info', {})
  // The process dies rather than closes: its answers never come.
  for (const socket of openSockets) socket.terminate()
  expect(await asked).toMatchObject({
    ok: false,
    error: { code: 'busy', message: expect.stringContaining('may or may not') },
  })
  expect(host.held).toHaveLength(1)
})

test('a change made while the connection is being closed is kept for the next one, not lost on this one', async () => {
  await link.call('app.info', {})
  for (const socket of openSockets) socket.close()
  expect(await link.call('jobs.cancel', { id: 'job' })).toEqual({
    ok: true,
    value: { name: 'jobs.cancel', input: { id: 'job' } },
  })
})

test('without a host a call waits for a moment and comes back as busy; nothing is thrown', async () => {
  away = true
  const lonely = newLink(30)
  const states: string[] = []
  lonely.onConnection((now) => states.push(now))
  expect(await lonely.call('app.info', {})).toMatchObject({ ok: false, error: { code: 'busy' } })
  expect(states).toEqual(['connected', 'disconnected'])
  lonely.close()
  expect(await lonely.call('app.info', {})).toMatchObject({ ok: false, error: { code: 'busy' } })
})

test('a text too long for the host is refused here and costs no connection', async () => {
  expect(await link.call('issues.count', { query: 'é'.repeat(2_200_000) })).toMatchObject({
    ok: false,
    error: { code: 'body_too_large' },
  })
  expect(await link.call('app.info', {})).toMatchObject({ ok: true })
})

test('a host that was started again and does not let the page in is told from none, until its new address was opened', async () => {
  const kept = cookie
  const asking = newLink(60_000, () =>
    fetch(`http://127.0.0.1:${current.port}/`, { method: 'HEAD', headers: { Cookie: cookie } }).then(
      ({ status }) => status === 401,
      () => false,
    ),
  )
  await asking.call('app.info', {})
  const states: string[] = []
  const reached = (wanted: string) =>
    new Promise<void>((resolve) => {
      asking.onConnection((now) => {
        states.push(now)
        if (now === wanted) resolve()
      })
    })
  const lockedOut = reached('not_let_in')
  await server.close()
  await restartHost()
  const fresh = cookie
  cookie = kept
  await lockedOut
  // At once, and not after its patience.
  expect(await asking.call('app.info', {})).toMatchObject({
    ok: false,
    error: { code: 'busy', message: expect.stringContaining('new address') },
  })
  const again = reached('connected')
  cookie = fresh
  await again
  expect(await asking.call('app.info', {})).toMatchObject({ ok: true })
  asking.close()
})
