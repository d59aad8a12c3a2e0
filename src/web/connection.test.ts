import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostFiles } from '#app/files/host-files.ts'
import type { HostMessage } from '#contract/answers/answers.ts'
import { callNames } from '#contract/calls.ts'
import { ask, folder, host, letIn, openSocket, origin, server } from './serving.fixture.ts'
import { loadStaticFiles } from './static-files.ts'
import { startWebServer } from './web-server.ts'
import { maxFrameBytes } from './wire.ts'

describe('Calls', () => {
  test('a call is answered under its own id', async () => {
    const { socket, next } = await openSocket()
    socket.send(JSON.stringify({ id: 7, name: 'app.info', input: {} }))
    expect(await next()).toEqual({ id: 7, result: { ok: true, value: { name: 'app.info', input: {} } } })
  })

  test('every call of the contract gets through', async () => {
    const { socket, next } = await openSocket()
    const names = callNames.filter((name) => name !== 'jobs.start' && name !== 'files.pick')
    names.forEach((name, id) => void socket.send(JSON.stringify({ id, name, input: {} })))
    for (const id of names.keys()) expect(await next()).toMatchObject({ id, result: { ok: true } })
  })

  test('an unknown name is refused by the service, and the connection lives on', async () => {
    const { socket, next } = await openSocket()
    socket.send(JSON.stringify({ id: 1, name: '__proto__', input: {} }))
    expect(await next()).toMatchObject({ id: 1, result: { ok: false, error: { code: 'invalid_input' } } })
    socket.send(JSON.stringify({ id: 2, name: 'app.info', input: {} }))
    expect(await next()).toMatchObject({ id: 2, result: { ok: true } })
  })

  test('a bug in the service is answered as one, and the connection lives on', async () => {
    const { socket, next } = await openSocket()
    socket.send(JSON.stringify({ id: 1, name: 'jobs.start', input: {} }))
    expect(await next()).toMatchObject({ id: 1, result: { ok: false, error: { code: 'internal' } } })
    socket.send(JSON.stringify({ id: 2, name: 'app.info', input: {} }))
    expect(await next()).toMatchObject({ id: 2, result: { ok: true } })
  })

  test.each([
    ['a missing name', { id: 3 }],
    ['more than a call has', { id: 3, name: 'app.info', input: {}, extra: 1 }],
    ['a name that is no text', { id: 3, name: { $ne: 1 }, input: {} }],
  ])('a frame with %s is answered with what is wrong with it', async (_, frame) => {
    const { socket, next } = await openSocket()
    socket.send(JSON.stringify(frame))
    expect(await next()).toMatchObject({ id: 3, result: { ok: false, error: { code: 'invalid_input' } } })
  })

  test.each([
    ['no JSON', 'hello', 1007],
    ['no object', '[1,2,3]', 1007],
    ['no id', '{"name":"app.info","input":{}}', 1007],
    ['an id that is no number', '{"id":"1","name":"app.info","input":{}}', 1007],
    ['a deep nest', `${'['.repeat(200_000)}`, 1007],
    ['bytes', Buffer.from([1, 2, 3]), 1003],
    ['more than the limit', 'x'.repeat(maxFrameBytes + 1), 1009],
  ])('a frame that is %s ends its own connection and no other', async (_, frame, code) => {
    const bad = await openSocket()
    const good = await openSocket()
    bad.socket.send(frame)
    expect(await bad.closed).toBe(code)
    good.socket.send(JSON.stringify({ id: 1, name: 'app.info', input: {} }))
    expect(await good.next()).toMatchObject({ id: 1, result: { ok: true } })
  })

  test('a well-formed deep nest is passed on and answered', async () => {
    const { socket, next } = await openSocket()
    const deep = `${'['.repeat(4_000)}${']'.repeat(4_000)}`
    socket.send(`{"id":1,"name":"app.info","input":${deep}}`)
    expect(await next()).toMatchObject({ id: 1, result: { ok: true } })
  })

  test('bytes that are no WebSocket frames end the connection and nothing else', async () => {
    const raw = connect(server.port, '127.0.0.1')
    const cookie = await letIn()
    raw.write(
      `GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: ${origin()}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    await once(raw, 'data')
    raw.write(Buffer.alloc(64, 0xff))
    raw.resume()
    await once(raw, 'close')
    expect((await openSocket()).opened).toBe('open')
  })
})

describe('Several windows', () => {
  const changed = (position: number, issues: string[] | null = [`issue-${position}`]): HostMessage => ({
    kind: 'changed',
    position,
    issues,
    directory: false,
  })

  test('each has its own answers, and all hear what the host says', async () => {
    const [one, other] = [await openSocket(), await openSocket()]
    one.socket.send(JSON.stringify({ id: 1, name: 'app.info', input: { from: 'one' } }))
    other.socket.send(JSON.stringify({ id: 1, name: 'app.info', input: { from: 'other' } }))
    expect(await one.next()).toMatchObject({ result: { value: { input: { from: 'one' } } } })
    expect(await other.next()).toMatchObject({ result: { value: { input: { from: 'other' } } } })
    host.say(changed(5))
    expect(await one.next()).toEqual({ message: changed(5) })
    expect(await other.next()).toEqual({ message: changed(5) })
  })

  test('a window that does not read gets one merged message in the end, and holds up nobody', async () => {
    const [slow, quick] = [await openSocket(), await openSocket()]
    slow.socket.pause()
    // Far more than the sockets' own buffers take.
    const wide = Array.from({ length: 400 }, (_, index) => `${index}-${'x'.repeat(1_000)}`)
    let last: unknown
    for (let position = 1; position <= 200; position++) {
      host.say(changed(position, wide))
      last = await quick.next()
    }
    expect(last).toMatchObject({ message: { position: 200 } })
    slow.socket.resume()
    const positions: number[] = []
    while (positions.at(-1) !== 200) {
      const frame = (await slow.next()) as { message: { position: number } }
      positions.push(frame.message.position)
    }
    expect(positions.length).toBeLessThan(100)
  })

  test('a window that went away in the middle is forgotten', async () => {
    const [gone, stays] = [await openSocket(), await openSocket()]
    gone.socket.send(JSON.stringify({ id: 1, name: 'app.info', input: {} }))
    gone.socket.terminate()
    host.say(changed(9))
    expect(await stays.next()).toEqual({ message: changed(9) })
  })
})

describe('The end', () => {
  test('what is under way is answered before the connection ends', async () => {
    const { socket, next, closed } = await openSocket()
    socket.send(JSON.stringify({ id: 4, name: 'files.pick', input: {} }))
    socket.send(JSON.stringify({ id: 5, name: 'app.info', input: {} }))
    expect(await next()).toMatchObject({ id: 5 })
    const ended = server.close()
    for (const release of host.held) release()
    expect(await next()).toMatchObject({ id: 4, result: { ok: true } })
    expect(await closed).toBe(1001)
    await ended
    await expect(ask('/')).rejects.toThrow('ECONNREFUSED')
  })

  test('a port in use is an error that names it', async () => {
    const files = await loadStaticFiles(join(folder, 'renderer'))
    await expect(
      startWebServer({ service: host.service, files, transfers: hostFiles(), port: server.port }),
    ).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})
