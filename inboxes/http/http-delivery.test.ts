import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../contract/inbox.ts'
import { answering, type HttpReceiver, httpReceiver } from '../testing/http-receiver.ts'
import { deliverOverHttp, type HttpMessage } from './http-delivery.ts'

const now = Date.UTC(2026, 2, 1, 12)
const never = new AbortController().signal
let receiver: HttpReceiver
let other: HttpReceiver
beforeEach(async () => {
  receiver = await httpReceiver()
  other = await httpReceiver()
})
afterEach(async () => {
  await receiver.close()
  await other.close()
})

const send = (
  message: Partial<HttpMessage> = {},
  { signal = never, limitMillis = 20_000 }: { signal?: AbortSignal; limitMillis?: number } = {},
): Promise<Outcome> =>
  deliverOverHttp(
    {
      method: 'POST',
      url: `${receiver.url}/hook`,
      headers: { 'content-type': 'text/plain' },
      body: 'hello',
      ...message,
    },
    { signal, limitMillis, now: () => now },
  )
const host = () => `127.0.0.1:${receiver.port}`

describe('what a receiver answers', () => {
  it('any 2xx is done, and the message arrived as it was', async () => {
    for (const status of [200, 201, 202, 204]) {
      receiver.answer(answering(status))
      expect(await send()).toEqual({ kind: 'done', detail: `${host()} answered ${status}.` })
    }
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/hook', body: 'hello' })
  })

  it.each([408, 425, 500, 502, 503, 504])('%i may work later', async (status) => {
    receiver.answer(answering(status, 'not now'))
    expect(await send()).toEqual({
      kind: 'retry',
      answered: true,
      why: `${host()} answered ${status}: not now`,
    })
  })

  it.each([400, 401, 403, 404, 422])('%i will never work, and what it says is kept', async (status) => {
    receiver.answer(answering(status, '<p>no\n\n  such hook</p>'))
    expect(await send()).toEqual({
      kind: 'give_up',
      why: `${host()} answered ${status}: <p>no such hook</p>`,
    })
  })

  it('410 says that the address is gone', async () => {
    receiver.answer(answering(410))
    expect(await send()).toEqual({
      kind: 'give_up',
      why: `${host()} says that this address is gone (410).`,
      gone: true,
    })
  })

  it('shows no more than 200 characters of an answer', async () => {
    receiver.answer(answering(400, 'word '.repeat(5_000)))
    const outcome = await send()
    expect(outcome.kind === 'give_up' && outcome.why.length).toBeLessThanOrEqual(
      `${host()} answered 400: `.length + 200,
    )
  })

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['Sun, 01 Mar 2026 12:01:30 GMT', 90_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['31536000', 86_400_000],
  ])('Retry-After: %s waits %i ms, a day at most', async (header, afterMillis) => {
    receiver.answer(answering(429, '', { 'retry-after': header }))
    expect(await send()).toEqual({
      kind: 'closed',
      why: `${host()} answered 429.`,
      afterMillis,
    })
  })

  it('a Retry-After that can’t be read is passed over', async () => {
    receiver.answer(answering(503, '', { 'retry-after': 'soon' }))
    expect(await send()).toEqual({ kind: 'retry', answered: true, why: `${host()} answered 503.` })
  })

  it('an answer of 10 MiB, or one without an end, is cut off', async () => {
    const piece = Buffer.alloc(65_536, 'x')
    for (const pieces of [160, Number.POSITIVE_INFINITY]) {
      let closed = false
      receiver.answer((response) => {
        response.writeHead(200, pieces === 160 ? { 'content-length': String(piece.length * pieces) } : {})
        response.once('close', () => {
          closed = true
        })
        const more = (left: number): void => {
          if (left > 0 && !response.destroyed) response.write(piece, () => more(left - 1))
        }
        more(pieces)
      })
      expect(await send()).toMatchObject({ kind: 'done' })
      await expect.poll(() => closed).toBe(true)
    }
    receiver.answer(answering(204))
    expect(await send()).toMatchObject({ kind: 'done' })
  })

  it('a secret that the receiver says back is not shown', async () => {
    receiver.answer((response, { headers }) =>
      response.writeHead(403).end(`bad token: ${headers.authorization}; key=s3cret`),
    )
    expect(await send({ headers: { authorization: 'Bearer t0ken' }, secrets: ['s3cret'] })).toEqual({
      kind: 'give_up',
      why: `${host()} answered 403: bad token: •••; key=•••`,
    })
  })

  it('the inbox may know better what an answer means', async () => {
    receiver.answer(answering(404, 'no_service'))
    expect(
      await send({
        judge: ({ text }) => (text === 'no_service' ? { kind: 'skip', why: 'ours' } : undefined),
      }),
    ).toEqual({ kind: 'skip', why: 'ours' })
  })
})

describe('what goes wrong on the way', () => {
  it('nobody listening is tried again', async () => {
    await receiver.close()
    expect(await send()).toEqual({ kind: 'retry', why: `${host()} refused the connection.` })
  })

  it('a name that leads nowhere is tried again', async () => {
    const outcome = await send({ url: 'http://does-not-exist.invalid/' })
    expect(outcome.kind).toBe('retry')
    expect(outcome).toHaveProperty(
      'why',
      expect.stringMatching(
        /^There is no address for the name does-not-exist\.invalid\.$|^The name does-not-exist\.invalid can't be looked up right now\.$/,
      ),
    )
  })

  it('a receiver that hangs is left after the time limit', async () => {
    receiver.answer(() => {})
    expect(await send({}, { limitMillis: 300 })).toEqual({
      kind: 'retry',
      why: `${host()} did not answer within 1 second.`,
    })
  })

  it('a receiver that hangs in the middle of its answer is left after the time limit', async () => {
    receiver.answer((response) => void response.writeHead(200).write('be'))
    expect(await send({}, { limitMillis: 300 })).toMatchObject({ kind: 'retry' })
  })

  it('stops as soon as the delivery’s own signal says so', async () => {
    const stop = new AbortController()
    receiver.answer(() => stop.abort())
    expect(await send({}, { signal: stop.signal })).toEqual({
      kind: 'retry',
      why: `${host()} did not answer in time.`,
    })
  })

  it('a connection closed before any answer, or in the middle of one, is tried again', async () => {
    const why = `${host()} closed the connection before its answer was complete.`
    receiver.answer((response) => void response.destroy())
    expect(await send()).toEqual({ kind: 'retry', why })
    receiver.answer((response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('half', () => response.destroy())
    })
    expect(await send()).toEqual({ kind: 'retry', why })
    receiver.answer((response) => {
      response.writeHead(200)
      response.write('a chunk', () => response.destroy())
    })
    expect(await send()).toEqual({ kind: 'retry', why })
  })

  it('something that is not HTTP is named as such', async () => {
    receiver.answer((response) => void response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(await send()).toEqual({ kind: 'retry', why: `${host()} answered something that is not HTTP.` })
  })

  it('a certificate signed by itself is refused in a clear sentence, and nothing is sent', async () => {
    const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keySize: 2048 })
    const secure = await httpReceiver({ key: pems.private, cert: pems.cert })
    expect(await send({ url: `${secure.url}/hook` })).toEqual({
      kind: 'retry',
      why: `The certificate of 127.0.0.1:${secure.port} is signed by itself, so nobody vouches for it.`,
    })
    expect(secure.received).toEqual([])
    await secure.close()
  })

  it('https to a receiver that speaks http alone is named as such', async () => {
    const outcome = await send({ url: receiver.url.replace('http:', 'https:') })
    expect(outcome).toEqual({ kind: 'retry', why: `${host()} does not speak https at this address.` })
  })

  it.each([
    ['ftp://example.org/x', 'The address must begin with https:// or http://.'],
    ['file:///etc/passwd', 'The address must begin with https:// or http://.'],
    ['https://ada:secret@example.org/', 'The address must not hold a user name or password.'],
    ['example.org/hook', 'This is not an address like https://example.org/hook.'],
  ])('%s is not sent to', async (url, why) => {
    expect(await send({ url })).toEqual({ kind: 'give_up', why })
  })
})

describe('redirects', () => {
  const redirectTo = (location: string, status = 307) => receiver.answer(answering(status, '', { location }))
  const refused = (name: string, kind: string) => ({
    kind: 'give_up',
    why: `${host()} redirects to ${name}, which is ${kind} address. Allow the host "${name}" in the settings if that is meant.`,
  })

  it('into loopback is refused, by address and by a name that leads there', async () => {
    redirectTo(`${other.url}/inside`)
    expect(await send()).toEqual(refused('127.0.0.1', 'a loopback'))
    redirectTo(`http://localhost:${other.port}/inside`, 308)
    expect(await send()).toEqual(refused('localhost', 'a loopback'))
    expect(other.received).toEqual([])
  })

  it.each([
    ['http://10.0.0.1/', '10.0.0.1', 'a private'],
    ['http://192.168.1.1/', '192.168.1.1', 'a private'],
    ['http://172.16.0.1/', '172.16.0.1', 'a private'],
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254', 'a link-local'],
    ['http://0.0.0.0/', '0.0.0.0', 'an unspecified'],
    ['http://2130706433/', '127.0.0.1', 'a loopback'],
    ['http://0x7f.1/', '127.0.0.1', 'a loopback'],
    ['http://[::1]/', '[::1]', 'a loopback'],
    ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]', 'a loopback'],
    ['http://[::ffff:10.0.0.1]/', '[::ffff:a00:1]', 'a private'],
    ['http://[fd00::1]/', '[fd00::1]', 'a private'],
    ['http://[fe80::1]/', '[fe80::1]', 'a link-local'],
    ['http://[64:ff9b::7f00:1]/', '[64:ff9b::7f00:1]', 'a reserved'],
  ])('to %s is refused', async (location, name, kind) => {
    redirectTo(location)
    expect(await send()).toEqual(refused(name, kind))
  })

  it('to a host that the person allowed is followed with the same method and body', async () => {
    for (const status of [307, 308]) {
      redirectTo(`${other.url}/moved`, status)
      expect(await send({ method: 'PUT', allowedHosts: ['127.0.0.1'] })).toMatchObject({ kind: 'done' })
    }
    redirectTo(`http://localhost:${other.port}/moved`)
    expect(await send({ allowedHosts: [`LOCALHOST:${other.port}`] })).toMatchObject({ kind: 'done' })
    expect(other.received).toMatchObject([
      { method: 'PUT', path: '/moved', body: 'hello' },
      { method: 'PUT', path: '/moved', body: 'hello' },
      { method: 'POST', path: '/moved', body: 'hello' },
    ])
  })

  it('a host allowed with one port is not allowed with another', async () => {
    redirectTo(`${other.url}/inside`)
    expect(await send({ allowedHosts: [`127.0.0.1:${receiver.port}`] })).toMatchObject({ kind: 'give_up' })
    expect(other.received).toEqual([])
  })

  it('a bearer token does not go along to another host', async () => {
    redirectTo(`${other.url}/moved`)
    await send({ headers: { authorization: 'Bearer t0ken', 'x-kept': '1' }, allowedHosts: ['127.0.0.1'] })
    expect(other.received[0]?.headers).toMatchObject({ 'x-kept': '1' })
    expect(other.received[0]?.headers).not.toHaveProperty('authorization')
  })

  it.each([301, 302, 303])('%i is not followed, for it would drop the message', async (status) => {
    redirectTo(`${other.url}/moved`, status)
    expect(await send({ allowedHosts: ['127.0.0.1'] })).toEqual({
      kind: 'give_up',
      why: `${host()} answered ${status} and points elsewhere; a message is only sent on for 307 and 308. Enter the new address.`,
    })
    expect(other.received).toEqual([])
  })

  it('three are followed, a fourth is not', async () => {
    receiver.answer((response, { path }) => {
      const left = Number(path.slice(1))
      if (left === 0) response.writeHead(204).end()
      else response.writeHead(307, { location: `/${left - 1}` }).end()
    })
    const allowedHosts = ['127.0.0.1']
    expect(await send({ url: `${receiver.url}/3`, allowedHosts })).toMatchObject({ kind: 'done' })
    expect(await send({ url: `${receiver.url}/4`, allowedHosts })).toEqual({
      kind: 'give_up',
      why: `${host()} redirects more than 3 times.`,
    })
  })

  it('from https to http is not followed, even to a host that was allowed', async () => {
    const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    const trusted = getCACertificates()
    const secure = await httpReceiver({ key: pems.private, cert: pems.cert })
    setDefaultCACertificates([...trusted, pems.cert])
    try {
      expect(await send({ url: secure.url })).toMatchObject({ kind: 'done' })
      secure.answer(answering(307, '', { location: `${other.url}/moved` }))
      expect(await send({ url: secure.url, allowedHosts: ['127.0.0.1'] })).toEqual({
        kind: 'give_up',
        why: `127.0.0.1:${secure.port} redirects from https to http, where anybody could read along; that is not followed.`,
      })
      expect(other.received).toEqual([])
    } finally {
      setDefaultCACertificates(trusted)
      await secure.close()
    }
  })

  it('without a place, to another scheme, or to an address with a password is refused', async () => {
    receiver.answer(answering(307))
    expect(await send()).toMatchObject({ kind: 'give_up' })
    for (const location of ['file:///etc/passwd', 'gopher://example.org/', 'https://a:b@example.org/']) {
      redirectTo(location)
      expect(await send()).toMatchObject({ kind: 'give_up' })
    }
  })
})
