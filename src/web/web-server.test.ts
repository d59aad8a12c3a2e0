import { describe, expect, test } from 'vitest'
import { ask, letIn, openSocket, origin, server, token } from './serving.fixture.ts'

describe('Who is let in', () => {
  test('the printed address sets a strict, script-proof cookie and sends the token out of the address bar', async () => {
    const { status, headers } = await ask(`/?token=${token()}`)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['cache-control']).toBe('no-store')
    expect(String(headers['set-cookie'])).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(String(headers['set-cookie'])).not.toContain(token())
  })

  test('an address opened from a page elsewhere goes on by a page of ours, which gets the strict cookie', async () => {
    const { status, headers, body } = await ask(`/?token=${token()}`, {
      headers: { 'Sec-Fetch-Site': 'cross-site' },
    })
    expect(status).toBe(200)
    expect(headers['set-cookie']).toBeDefined()
    expect(body.toString()).toContain('http-equiv="refresh"')
  })

  test.each(['/', '/index.html', '/assets/index-B3xK9a_z.js', '/nothing.txt', '/issue/DOC-1'])(
    'without the cookie nothing is served, not even %s',
    async (path) => {
      expect((await ask(path)).status).toBe(401)
      expect((await ask(path, { headers: { Cookie: `docket_${server.port}=guess` } })).status).toBe(401)
    },
  )

  test.each(['', 'guess', 'x'.repeat(43)])('the token "%s" is refused and sets no cookie', async (guess) => {
    const { status, headers } = await ask(`/?token=${guess}`)
    expect(status).toBe(401)
    expect(headers['set-cookie']).toBeUndefined()
  })

  test.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '[::1]:80', '0.0.0.0'])(
    'a request that was sent to the host name "%s" is refused, cookie or not',
    async (name) => {
      expect((await ask('/', { headers: { Cookie: await letIn(), Host: name } })).status).toBe(403)
    },
  )

  test('both loopback names are ours', async () => {
    const Cookie = await letIn()
    expect((await ask('/', { headers: { Cookie, Host: `localhost:${server.port}` } })).status).toBe(200)
    expect((await ask('/', { headers: { Cookie } })).status).toBe(200)
  })

  test('what is not GET or HEAD is refused, from elsewhere for its origin', async () => {
    const Cookie = await letIn()
    expect(
      (await ask('/', { method: 'POST', headers: { Cookie, Origin: 'http://evil.example' } })).status,
    ).toBe(403)
    expect((await ask('/', { method: 'POST', headers: { Cookie } })).status).toBe(403)
    const ours = await ask('/', { method: 'DELETE', headers: { Cookie, Origin: origin() } })
    expect([ours.status, ours.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  test.each([
    ['no cookie', (cookie: string) => ({ Origin: origin(), Cookie: `${cookie}x` }), '401'],
    ['no origin', (cookie: string) => ({ Cookie: cookie }), '403'],
    [
      'the origin of another port',
      (cookie: string) => ({ Cookie: cookie, Origin: 'http://127.0.0.1:1' }),
      '403',
    ],
    ['another origin', (cookie: string) => ({ Cookie: cookie, Origin: 'https://evil.example' }), '403'],
    ['an opaque origin', (cookie: string) => ({ Cookie: cookie, Origin: 'null' }), '403'],
    [
      'another host name',
      (cookie: string) => ({ Cookie: cookie, Origin: 'http://evil.example', Host: 'evil.example' }),
      '403',
    ],
  ])('a WebSocket with %s is refused', async (_, headers, status) => {
    expect((await openSocket(headers(await letIn()))).opened).toContain(status)
  })

  test('a WebSocket anywhere else is refused', async () => {
    expect((await openSocket({ Cookie: await letIn(), Origin: origin() }, '/')).opened).toContain('404')
  })

  test('a WebSocket with the token instead of the cookie is let in', async () => {
    expect((await openSocket({ Origin: origin() }, `/socket?token=${token()}`)).opened).toBe('open')
  })
})

describe('Files', () => {
  test('every answer carries the strict headers', async () => {
    const { headers } = await ask('/', { headers: { Cookie: await letIn() } })
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws://127.0.0.1:${server.port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect((await ask('/')).headers['content-security-policy']).toBe(headers['content-security-policy'])
  })

  test('a hashed script is compressed and kept for ever; the page is asked for again', async () => {
    const Cookie = await letIn()
    const script = await ask('/assets/index-B3xK9a_z.js', {
      headers: { Cookie, 'Accept-Encoding': 'gzip, deflate, br' },
    })
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'br',
      'cache-control': 'private, max-age=31536000, immutable',
    })
    expect(script.body.length).toBeLessThan(200)
    const page = await ask('/', { headers: { Cookie } })
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    })
    const again = await ask('/', { headers: { Cookie, 'If-None-Match': String(page.headers.etag) } })
    expect([again.status, again.body.length]).toEqual([304, 0])
  })

  test('a font is sent as it is', async () => {
    const font = await ask('/assets/inter-BX3k9a12.woff2', {
      headers: { Cookie: await letIn(), 'Accept-Encoding': 'br' },
    })
    expect([font.headers['content-type'], font.headers['content-encoding'], font.body.length]).toEqual([
      'font/woff2',
      undefined,
      2_000,
    ])
  })

  test('HEAD answers without a body', async () => {
    const { status, body, headers } = await ask('/', { method: 'HEAD', headers: { Cookie: await letIn() } })
    expect([status, body.length, Number(headers['content-length']) > 0]).toEqual([200, 0, true])
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//etc/passwd.txt',
    '/assets/%00.js',
    '/assets/nothing.js',
    'http://evil.example/secret.txt',
    '/%.js',
    '/issue/DOC-1',
    '/assets/',
    '/assets',
  ])('%s leads nowhere', async (path) => {
    const { status, body } = await ask(path, { headers: { Cookie: await letIn() } })
    expect([400, 404]).toContain(status)
    expect(body.toString()).not.toContain('outside')
  })
})
