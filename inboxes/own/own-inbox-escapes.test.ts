import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeArguments, prepareStateFolder } from './confinement.ts'
import { type Called, startOwnInbox } from './own-inbox-process.ts'

// Each attempt is made by a real process, and asked for by what it came to and by what became of the world outside.

let root: string
let state: string
let secret: string
let servers: Server[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'docket-escapes-'))
  state = join(root, 'state')
  secret = join(root, 'secret.txt')
  writeFileSync(secret, 'the key')
})
afterEach(() => {
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
  servers = []
  rmSync(root, { recursive: true, force: true })
})

const limits = { loadMillis: 30_000, callMillis: 10_000, heapMegabytes: 48, memoryMegabytes: 300 }

/** Runs a module of `lines` and `handle` as Docket does, and calls it once. */
async function called(
  handle: string,
  { lines = '', hosts = [] as readonly string[], heard = [] as string[] } = {},
): Promise<Called> {
  const inbox = startOwnInbox({
    source: `${lines}\nexport const inbox = { async handle(event, context) { ${handle} } }`,
    folder: state,
    hosts,
    confined: true,
    limits,
    onPrinted: (line) => void heard.push(line),
  })
  try {
    return await inbox.ready.then(
      () => inbox.call({ id: 'one' }, {}),
      (error: Error): Called => ({ kind: 'stopped', why: error.message }),
    )
  } finally {
    inbox.stop()
  }
}
const said = (why: string) => ({ kind: 'answered', outcome: { kind: 'skip', why } })
const say = (expression: string) => `return { kind: 'skip', why: String(${expression}) }`

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('Node, as it is started for a user inbox, refuses by itself', () => {
  it.each([
    ['to read a file elsewhere', `(await import('node:fs')).readFileSync(SECRET)`],
    [
      'to read it by a path through its own folder',
      `(await import('node:fs')).readFileSync('../secret.txt')`,
    ],
    ['to say how large it is', `(await import('node:fs')).statSync(SECRET)`],
    ['to list a folder elsewhere', `(await import('node:fs')).readdirSync('/')`],
    ['to copy it here', `(await import('node:fs')).cpSync(SECRET, 'copy')`],
    ['to give it a second name here', `(await import('node:fs')).linkSync(SECRET, 'second')`],
    ['to make a link to it', `(await import('node:fs')).symlinkSync(SECRET, 'link')`],
    ['to make a relative link to it', `(await import('node:fs')).symlinkSync('../secret.txt', 'link')`],
    ['to write elsewhere', `(await import('node:fs')).writeFileSync(OUT, '')`],
    ['to move something elsewhere', `(await import('node:fs')).renameSync('.', OUT)`],
    ['to load an environment from a file', `process.loadEnvFile(SECRET)`],
    ['to write a report', `process.report.writeReport(OUT)`],
    ['to write its heap', `(await import('node:v8')).writeHeapSnapshot(OUT)`],
    ['to start a program', `(await import('node:child_process')).spawnSync('true').error.code`],
    ['to fork itself', `(await import('node:child_process')).fork('x')`],
    [
      'to start one below the API',
      `new (await import('node:child_process')).ChildProcess().spawn({ file: '/bin/true', args: ['true'] })`,
    ],
    ['to become one', `process.execve('/bin/true', ['true'], {})`],
    ['to start a thread', `new (await import('node:worker_threads')).Worker('1', { eval: true })`],
    ['to open its debugger', `(await import('node:inspector')).open(0)`],
    ['to talk to its debugger', `new (await import('node:inspector')).Session().connect()`],
    ['to run WASI', `new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } })`],
    ['to load an addon', `process.dlopen({ exports: {} }, SECRET)`],
    ['its internal bindings', `process.binding('fs')`],
    ['its linked bindings', `process._linkedBinding('fs')`],
    ['to open a database anywhere', `new (await import('node:sqlite')).DatabaseSync(OUT)`],
    ['an engine of OpenSSL', `(await import('node:crypto')).setEngine(SECRET)`],
  ])('%s', async (_, attempt) => {
    prepareStateFolder(state)
    const out = join(root, 'out')
    const program = `const SECRET = ${JSON.stringify(secret)}; const OUT = ${JSON.stringify(out)}
      try { console.log('DONE', await (async () => ${attempt})()) } catch (error) { console.log(error.code ?? error.message) }`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...nodeArguments(state, 64, true), '--input-type=module', '--eval', program],
      { cwd: state, env: {} },
    )
    expect(stdout).toMatch(
      /^(?:ERR_ACCESS_DENIED|DONE ERR_ACCESS_DENIED|ERR_DLOPEN_DISABLED|ERR_UNKNOWN_BUILTIN_MODULE|ERR_CRYPTO_CUSTOM_ENGINE\w+)\n$/,
    )
    expect(existsSync(out)).toBe(false)
    expect(readFileSync(secret, 'utf8')).toBe('the key')
  })
})

describe('a user inbox', () => {
  it('reads and writes in its own folder', async () => {
    const lines = `import { readFileSync, writeFileSync } from 'node:fs'`
    expect(await called(`writeFileSync('a', 'kept'); ${say(`readFileSync('a')`)}`, { lines })).toEqual(
      said('kept'),
    )
    expect(readFileSync(join(state, 'a'), 'utf8')).toBe('kept')
  })

  it('reads nothing elsewhere, a link or a second name in its own folder or not', async () => {
    mkdirSync(join(state, 'deep'), { recursive: true })
    symlinkSync(secret, join(state, 'link'))
    symlinkSync(root, join(state, 'deep', 'up'))
    linkSync(secret, join(state, 'second'))
    const lines = `import { readFileSync } from 'node:fs'
      const tried = (file) => { try { return String(readFileSync(file)) } catch (error) { return error.code } }`
    const files = JSON.stringify([secret, 'link', 'deep/up/secret.txt', 'second'])
    expect(await called(say(`${files}.map(tried)`), { lines })).toEqual(
      said('ERR_ACCESS_DENIED,ENOENT,ENOENT,ENOENT'),
    )
    expect(readFileSync(secret, 'utf8')).toBe('the key')
  })

  it('has nothing of the environment', async () => {
    process.env.DOCKET_TEST_SECRET = 'of the environment'
    const { outcome } = (await called(say(`JSON.stringify(process.env)`))) as { outcome: { why: string } }
    delete process.env.DOCKET_TEST_SECRET
    expect(JSON.parse(outcome.why)).toEqual({})
  })

  it.each(['kill', '_kill', '_debugProcess', 'binding', 'dlopen', 'execve', 'getBuiltinModule', 'abort'])(
    'has no process.%s, also not by assigning or redefining it',
    async (name) => {
      const attempt = `try { delete process.${name}; Object.defineProperty(process, '${name}', { value: 1 }) } catch {}`
      expect(await called(`${attempt}; ${say(`typeof process.${name}`)}`)).toEqual(said('undefined'))
    },
  )

  it.each([
    'node:net',
    'child_process',
    'node:process',
    'node:module',
    'node:inspector',
    'node:dgram',
    'node:vm',
  ])('imports no %s, neither at its start nor later', async (name) => {
    const refused = expect.stringMatching(`it may not import "${name}", only: node:assert`)
    expect(await called('', { lines: `import '${name}'` })).toEqual({
      kind: 'stopped',
      why: expect.stringMatching(`^did not load: it may not import "${name}"`),
    })
    expect(await called(`await import('${name}')`)).toEqual({ kind: 'threw', why: refused })
    const again = `await import('data:text/javascript,import "${name}"')`
    expect(await called(again)).toEqual({ kind: 'threw', why: refused })
  })

  it('opens a socket all the same, if it is written for it: as the page says', async () => {
    const address = await serve((_, response) => response.end('reached'))
    const [host, port] = address.split(':')
    const attempt = `const Socket = process.stdout.constructor
      const socket = new Socket().connect(${port}, '${host}')
      socket.write('GET / HTTP/1.0\\r\\n\\r\\n')
      let text = ''
      for await (const chunk of socket) text += chunk
      ${say(`text.includes('reached')`)}`
    expect(await called(attempt)).toEqual(said('true'))
    expect(readFileSync(new URL('../../docs/own-inboxes.md', import.meta.url), 'utf8')).toContain(
      'Node 24 can’t confine it'.replace('’', "'"),
    )
  })
})

describe('its fetch', () => {
  it('leads to a host that it declares, with method, headers and body, and follows no redirect', async () => {
    const address = await serve((request, response) => {
      if (request.url === '/away') return response.writeHead(302, { location: 'http://example.org/' }).end()
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => response.writeHead(201, { 'x-of': 'it' }).end(`${request.method} ${body}`))
    })
    const ask = `const answer = await fetch('http://${address}/', { method: 'PUT', body: 'hello' })
      const away = await fetch('http://${address}/away')
      ${say(`[answer.status, answer.headers.get('x-of'), await answer.text(), away.status]`)}`
    expect(await called(ask, { hosts: [address] })).toEqual(said('201,it,PUT hello,302'))
  })

  it.each([
    ['that is not declared', [], /is none of the hosts that it declares/],
    ['of another port', ['127.0.0.1:1'], /is none of the hosts that it declares/],
  ])('leads to no host %s', async (_, hosts, why) => {
    let asked = 0
    const address = await serve((_request, response) => {
      asked += 1
      response.end()
    })
    const answer = await called(`await fetch('http://${address}/')`, { hosts })
    expect(answer).toEqual({ kind: 'threw', why: expect.stringMatching(why) })
    expect(asked).toBe(0)
  })

  it('takes no more than 1 MB, and asks no more than eight times at once', async () => {
    const address = await serve((_, response) => void response.end('x'.repeat(1_000_001)))
    const large = `await fetch('http://${address}/')`
    expect(await called(large, { hosts: [address] })).toEqual({
      kind: 'threw',
      why: `${address} answered with more than 1 MB`,
    })
    const held = await serve(() => {})
    const many = `const all = Array.from({ length: 9 }, () => fetch('http://${held}/'))
      await Promise.race(all)`
    expect(await called(many, { hosts: [held] })).toEqual({
      kind: 'threw',
      why: 'no more than 8 requests at once',
    })
  })
})

describe('a worker that is killed', () => {
  it.runIf(process.platform === 'linux')(
    'leaves no inbox behind: one that waits ends by itself, one in an endless loop when it is started anew',
    async () => {
      const module = JSON.stringify(new URL('./own-inbox-process.ts', import.meta.url).href)
      const begun = async (handle: string) => {
        const program = `const { startOwnInbox } = await import(${module})
        const inbox = startOwnInbox({ source: ${JSON.stringify(`export const inbox = { handle() { ${handle} } }`)}, folder: ${JSON.stringify(state)},
          hosts: [], confined: true, limits: ${JSON.stringify({ ...limits, callMillis: 600_000 })}, onPrinted: (line) => console.log(line) })
        await inbox.ready
        setInterval(() => {}, 1_000)
        void inbox.call({}, {})`
        const worker = spawn(process.execPath, ['--input-type=module', '--eval', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        await once(worker.stdout, 'data')
        const { pid } = JSON.parse(readFileSync(join(root, 'process.json'), 'utf8')) as { pid: number }
        worker.kill('SIGKILL')
        await once(worker, 'exit')
        return pid
      }
      const isThere = (pid: number) => existsSync(`/proc/${pid}`)
      const waits = await begun(`console.log('waits'); return new Promise(() => {})`)
      await expect.poll(() => isThere(waits), { timeout: 20_000 }).toBe(false)
      const loops = await begun(`console.log('loops'); for (;;);`)
      expect(isThere(loops)).toBe(true)
      expect(await called(say('1'))).toEqual(said('1'))
      await expect.poll(() => isThere(loops), { timeout: 20_000 }).toBe(false)
    },
  )
})

describe('what it says is bounded', () => {
  it.each([
    [
      'an answer that is too large',
      `return { kind: 'skip', why: 'x'.repeat(3e6) }`,
      /more than 2 MB in one message/,
    ],
    [
      'a message without an end',
      `const { writeSync } = await import('node:fs'); for (;;) { try { writeSync(3, 'x'.repeat(1e5)) } catch {}; await new Promise((go) => setImmediate(go)) }`,
      /more than 2 MB in one message/,
    ],
    [
      'requests without an end',
      `for (;;) { fetch('http://h/' + 'x'.repeat(5e3)).catch(() => {}); await new Promise((go) => setImmediate(go)) }`,
      /more than 16 MB at a time|did not answer|MB of memory/,
    ],
  ])('%s ends it', async (_, handle, why) => {
    expect(await called(handle)).toEqual({ kind: 'stopped', why: expect.stringMatching(why) })
  })

  it('what it prints is heard up to a bound, and the rest is thrown away', async () => {
    const heard: string[] = []
    const flood = `for (let n = 0; n < 400; n++) { console.log('x'.repeat(50_000)); await new Promise((go) => setImmediate(go)) }; ${say('1')}`
    expect(await called(flood, { heard })).toEqual(said('1'))
    expect(heard.join('').length).toBeLessThan(110_000)
    expect(heard.at(-1)).toBe('printed so much that the rest is left out.')
  })

  it('an error that nobody catches is its end, and is told', async () => {
    expect(
      await called(`setImmediate(() => { throw new Error('too late') }); await new Promise(() => {})`),
    ).toEqual({
      kind: 'stopped',
      why: 'failed: too late',
    })
  })
})
